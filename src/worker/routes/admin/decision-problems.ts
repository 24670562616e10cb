/** The problems of the routes that read the decision log. Their types never change. */
import { respondProblem } from '../../http/respond.ts'

const type = (name: string) => `urn:edgemint:problem:${name}`
const bad = { status: 400, title: 'Bad Request' } as const

export const PROBLEMS = {
  filterInvalid: { ...bad, type: type('decision-filter-invalid') },
  periodTooLong: { ...bad, type: type('decision-period-too-long') },
  cursorInvalid: { ...bad, type: type('decision-cursor-invalid') },
  idInvalid: { ...bad, type: type('decision-id-invalid') },
  exportInvalid: { ...bad, type: type('decision-export-invalid') },
  notFound: { status: 404, title: 'Not Found', type: type('decision-not-found') },
  exportPurged: { status: 410, title: 'Gone', type: type('decision-export-purged') },
  logOff: { status: 501, title: 'Not Implemented', type: type('decision-log-off') },
} as const

export function refuseWithoutLog(): Response {
  return respondProblem({
    ...PROBLEMS.logOff,
    detail:
      'this deployment keeps no decisions: bind a Durable Object namespace of the class DecisionLog as DECISION_LOG',
  })
}
