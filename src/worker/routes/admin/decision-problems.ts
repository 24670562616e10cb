/** The problem of the routes that read the decision log. */
import { PROBLEMS } from '../../../contract/problems/problems.ts'
import { respondProblem } from '../../http/respond.ts'

export function refuseWithoutLog(): Response {
  return respondProblem({
    ...PROBLEMS.logOff,
    detail:
      'this deployment keeps no decisions: bind a Durable Object namespace of the class DecisionLog as DECISION_LOG',
  })
}
