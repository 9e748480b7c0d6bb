/** Something named in a call is not there: the control interface answers 404. */
export class NotThere extends Error {}
