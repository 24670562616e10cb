/** Exports of the posture checks for the Worker and the command line. */
export { CHECK_IDS, titleOf } from './checks.ts'
export { examinePosture } from './posture.ts'
export { findWideConditions } from './values.ts'
