/**
 * Turns a failed exchange into the failure of a command. Exit code 3 means that the same command
 * may work later, 2 that the environment must change, and 1 that the gateway refused.
 */
import type { ExchangeError, ExplainedRule } from '../../client/index.ts'
import { describeTemplateFault } from '../../protocol/template-fault.ts'
import { type CommandFailure, refusal, unreachable, usageFailure } from '../shell/failure.ts'
import { findAddressHint } from '../shell/faults/address-hint.ts'
import { findConnectionHint } from '../shell/faults/connection-hint.ts'

export const SOURCES_HINT = 'npx edgemint token --list-sources'

/** `doctor` names the configuration of the platform that is missing. */
const DOCTOR_HINT = 'to see what the platform needs: npx edgemint doctor --help'

/** Outside of a platform, a person has the token at hand. */
export const TOKEN_FILE_HINT = 'with the token in a file, add --token-file FILE'

/** Virtual machines, and pods with the identity of a cloud, have no variable that names the cloud. */
export const CLOUDS_HINT =
  'on a virtual machine or in a pod with a cloud identity, add --source google, azure-managed-identity or aws'

export function describeExchangeFailure(error: ExchangeError): CommandFailure {
  const { code, description, retryAfterSeconds } = error
  const wait = retryAfterSeconds ? [`try again in ${retryAfterSeconds} seconds`] : []
  const decision = error.decisionId === undefined ? [] : [`the decision is ${error.decisionId}`]
  if (code === 'source_unavailable') {
    // The platform did not answer, or the environment has no token. This is not a refusal.
    return error.isTemporary
      ? unreachable(description, ...wait)
      : usageFailure(description, SOURCES_HINT, DOCTOR_HINT)
  }
  const isOfFront = code === 'invalid_response' && error.isTemporary
  if (code === 'unreachable' || isOfFront) {
    return unreachable(description, ...wait, ...findConnectionHint(error))
  }
  if (code === 'invalid_response') {
    return unreachable(description, findAddressHint(error.status))
  }
  if (code === 'temporarily_unavailable' || code === 'server_error') {
    return unreachable(`${description} (${code})`, ...wait, ...decision)
  }
  const reasons = error.explanation.flatMap(explain)
  const address = error.status === 404 ? ['check --url: there is no endpoint at this address'] : []
  return refusal(`refused: ${description} (${code})`, ...reasons, ...decision, ...address)
}

const OUTCOMES: ReadonlyMap<string, string> = new Map([
  ['expired', 'it has expired'],
  ['denied', 'it denies the request'],
  ['not_named', 'the request names another rule'],
  ['scope_not_granted', 'it does not grant every requested scope'],
  ['other_resource', 'it is for another resource'],
])

function explain({ rule, outcome, conditions, template }: ExplainedRule): readonly string[] {
  if (template !== undefined) return [`${rule}: ${describeTemplateFault(template)}`]
  const failed = conditions
    .filter((condition) => !condition.holds)
    .map(({ claim, expected, presented }) => {
      return `${rule}: ${claim} must be ${expected}, was ${presented ?? 'absent'}`
    })
  if (failed.length > 0) return failed
  const sentence = OUTCOMES.get(outcome)
  return sentence === undefined ? [] : [`${rule}: ${sentence}`]
}
