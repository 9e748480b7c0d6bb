export { type Answered, createSlackSimulator, signedHeaders, type SlackOptions, SlackSimulator } from "./simulator.ts";
export type { Message, View } from "./simulator.ts";
