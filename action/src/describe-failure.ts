/** Describes a failure for an annotation: one sentence, then the gateway's explanation and decision. */
import { OptionError } from '../../src/client/in-house.ts'
import { ExchangeError } from '../../src/client/index.ts'
import type { ExplainedRule } from '../../src/protocol/oauth.ts'
import { describeTemplateFault } from '../../src/protocol/template-fault.ts'
import { StepFailure } from './step-failure.ts'

const CHECK_URL = 'check url: it is the issuer URL of the gateway'

/** A sign-in page or a proxy answers with a page and 200, 401 or 403, or with a redirect. */
const IN_FRONT =
  'a server in front of the gateway may have answered, such as a sign-in page or an outbound proxy: let requests to the gateway pass, or check url'

export function describeFailure(error: unknown): readonly string[] {
  if (error instanceof StepFailure) return [error.message, ...error.hints]
  if (error instanceof ExchangeError) return describeExchange(error)
  if (error instanceof OptionError) return [error.message]
  // The message of any other error may quote input, such as a token.
  const name = error instanceof Error ? error.name : typeof error
  return [`this is a bug in the action (${name})`, 'report it with the version of the action']
}

function describeExchange(error: ExchangeError): readonly string[] {
  const { code, description, decisionId, retryAfterSeconds } = error
  const decision = decisionId === undefined ? [] : [`the decision is ${decisionId}`]
  const wait = retryAfterSeconds === undefined ? [] : [`try again in ${retryAfterSeconds} s`]
  switch (code) {
    case 'unreachable':
    case 'source_unavailable':
      return [description, ...wait]
    case 'invalid_response':
      if (error.isTemporary) return [description, ...wait]
      return [description, error.status === 404 ? CHECK_URL : IN_FRONT]
    case 'temporarily_unavailable':
    case 'server_error':
      return [`${description} (${code})`, ...wait, ...decision]
    default: {
      const reasons = error.explanation.flatMap(explain)
      return [`refused: ${description} (${code})`, ...reasons, ...decision]
    }
  }
}

const OUTCOMES: ReadonlyMap<string, string> = new Map([
  ['expired', 'it has expired'],
  ['denied', 'it denies the request'],
  ['not_named', 'the step names another rule'],
  ['scope_not_granted', 'it does not grant every requested scope'],
  ['other_resource', 'it is for another resource'],
])

function explain({ rule, outcome, conditions, template }: ExplainedRule): readonly string[] {
  if (template !== undefined) return [`${rule}: ${describeTemplateFault(template)}`]
  const failed = conditions
    .filter(({ holds }) => !holds)
    .map(({ claim, expected, presented }) => {
      return `${rule}: ${claim} must be ${expected}, was ${presented ?? 'absent'}`
    })
  if (failed.length > 0) return failed
  const sentence = OUTCOMES.get(outcome)
  return sentence === undefined ? [] : [`${rule}: ${sentence}`]
}
