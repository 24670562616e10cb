/** The upkeep of the decision log goes on in small steps, so that one alarm never takes long. */
import { DECISION_BLOCKS_PER_ALARM } from '../limits.ts'

/**
 * Takes steps until one returns false, at most as many as one alarm may take. Returns whether there may
 * be more.
 */
export async function repeatStep(step: () => Promise<boolean> | boolean): Promise<boolean> {
  for (let steps = 0; steps < DECISION_BLOCKS_PER_ALARM; steps += 1) {
    if (!(await step())) return false
  }
  return true
}
