/** Requests for decisions, by operation, each with the status of its answer. */
import { PATHS } from '../../../src/protocol/paths.ts'

/** `unknown` is the id of a decision that was never made. */
export function decisionCases(owner: Readonly<Record<string, string>>, unknown: string) {
  return {
    [`GET ${PATHS.adminDecisions}`]: [
      [200, { headers: owner, query: '?limit=2' }],
      [400, { headers: owner, query: '?limit=0' }],
      [400, { headers: owner, query: '?cursor=x' }],
      [400, { headers: owner, query: '?from=0&to=1795000000' }],
    ],
    [`GET ${PATHS.adminDecisionsActivity}`]: [
      [200, { headers: owner, query: '?hours=6' }],
      [400, { headers: owner, query: '?hours=0' }],
    ],
    [`GET ${PATHS.adminDecisionsExport}`]: [
      [200, { headers: owner, query: '?shard=0' }],
      [400, { headers: owner }],
    ],
    [`GET ${PATHS.adminDecision}`]: [
      [404, { headers: owner, at: `${PATHS.adminDecisions}/${unknown}` }],
      [400, { headers: owner, at: `${PATHS.adminDecisions}/x` }],
    ],
  } as const
}
