/** Exports of the posture checks for the Worker and the command line. */
export { CHECK_IDS } from './checks.ts'
export { examinePosture } from './posture.ts'
export { titleOf } from './titles.ts'
export { findWideConditions } from './values.ts'
