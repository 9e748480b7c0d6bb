export { createFathomSimulator, type FathomOptions, FathomSimulator, type RecordedMeeting } from "./simulator.ts";
export { createDemoFathom, demoAccount } from "./demo.ts";
