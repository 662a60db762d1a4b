/** A broken invariant of the design. */
export interface Violation {
  invariant: 'I1' | 'I2' | 'I3' | 'I4' | 'I5' | 'I6' | 'I8' | 'I9' | 'I10' | 'I11' | 'I15';
  /** Which thing, and how it is wrong. Two passes say the same of the same thing. */
  what: string;
  /** Nothing under way can explain it. */
  atOnce: boolean;
}
