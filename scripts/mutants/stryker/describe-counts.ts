/** Describes how many changes of a folder ended in each way. Counts nothing itself. */

/**
 * Describes the counts by the status that StrykerJS reports. A timeout and a run that broke are named
 * apart from what a test noticed, because they show nothing about the change.
 */
export function describeCounts(counts: Readonly<Record<string, number>>): string {
  const { Killed = 0, Timeout = 0, Survived = 0, NoCoverage = 0, RuntimeError = 0 } = counts
  const said = [
    `${Killed} noticed`,
    `${Timeout} timed out`,
    `${Survived} survived`,
    `${NoCoverage} reached by no test`,
  ]
  return (RuntimeError > 0 ? [...said, `${RuntimeError} broke the run`] : said).join(', ')
}
