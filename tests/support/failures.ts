/** The lines in which a process says that something of its own has failed: errors in its log, Next's complaints, stack traces. */
export const failuresIn = (output: string): string[] =>
  output.split('\n').filter((line) => /"level":[56]0|⨯|Error:/.test(line));
