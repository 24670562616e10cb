/** Tells the command line and the console by which provider people log in. Nothing here is secret. */
import type { LoginAnswer } from '../../contract/login.ts'
import { PROBLEMS } from '../../contract/problems/problems.ts'
import type { AppContext } from '../context.ts'
import { respondJson, respondProblem } from '../http/respond.ts'

export function loginRoute(c: AppContext): Response {
  const { login, issuer } = c.get('gateway').settings
  if (login === undefined) return refuseLogin()
  const answer: LoginAnswer = { ...login, scopes: [...login.scopes], resource: issuer }
  return respondJson(answer)
}

export function refuseLogin(): Response {
  return respondProblem({
    ...PROBLEMS.loginOff,
    detail: 'people cannot log in here: set ADMIN_LOGIN to a provider that BOOTSTRAP_TRUST trusts',
  })
}
