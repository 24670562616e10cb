/** `edgemint exchange`: a subject token in, a token of one API out, or why not. */

import {
  type ExchangedToken,
  ExchangeError,
  type ExplainedRule,
  exchange,
} from '../../client/index.ts'
import { EXIT_CODES, type ExitCode } from '../exit-codes.ts'
import { type CommandFailure, refusal, unreachable, usageFailure } from '../failure.ts'
import { parseFlags, requireFlag } from '../flags.ts'
import { requireGatewayUrl } from '../gateway-url.ts'
import { checkSecretOutput, print } from '../output.ts'
import { readToken } from '../read-input.ts'

export const usage = `Usage: edgemint exchange --url URL --token-file FILE --resource URI [FLAGS]

Prints the issued token alone on stdout.

  --url URL           the gateway
  --token-file FILE   the subject token; - reads stdin
  --resource URI      the API the token is for
  --scope SCOPE       a scope to ask for; may be repeated; all of the rule by default
  --rule NAME         let only this rule decide
  --lifetime SECONDS  ask for a shorter life
  --json              print the whole answer as JSON
  --print             print the token even to a terminal

Example:
  npx edgemint exchange --url https://sts.example.com --token-file token.jwt \\
    --resource https://api.example.com --scope deploy:read > issued.jwt`

export async function run(args: readonly string[]): Promise<ExitCode> {
  const { values } = parseFlags(args, {
    url: { type: 'string' },
    'token-file': { type: 'string' },
    resource: { type: 'string' },
    scope: { type: 'string', multiple: true },
    rule: { type: 'string' },
    lifetime: { type: 'string' },
    json: { type: 'boolean' },
    print: { type: 'boolean' },
  })
  const url = requireGatewayUrl(values.url)
  const tokenFile = requireFlag('token-file', values['token-file'])
  const resource = requireFlag('resource', values.resource)
  const lifetimeSeconds = parseLifetime(values.lifetime)
  checkSecretOutput('a token', {
    isTerminal: process.stdout.isTTY === true,
    isAsked: values.print === true,
  })
  const subjectToken = await readToken(tokenFile)
  const { scope: scopes, rule } = values
  try {
    const issued = await exchange({ url, subjectToken, resource, scopes, rule, lifetimeSeconds })
    maskInCi(issued.accessToken)
    print(values.json === true ? renderJson(issued) : issued.accessToken)
    return EXIT_CODES.done
  } catch (error) {
    if (error instanceof ExchangeError) throw describeFailure(error)
    if (error instanceof TypeError) throw usageFailure(error.message)
    throw error
  }
}

function parseLifetime(value: string | undefined): number | undefined {
  if (value === undefined) return undefined
  if (!/^[1-9][0-9]{0,8}$/.test(value)) {
    throw usageFailure('--lifetime must be a whole number of seconds')
  }
  return Number(value)
}

/** The runner hides the token in everything that is logged after this line. */
function maskInCi(token: string): void {
  if (process.env.GITHUB_ACTIONS === 'true') process.stderr.write(`::add-mask::${token}\n`)
}

function renderJson(issued: ExchangedToken): string {
  return JSON.stringify({
    access_token: issued.accessToken,
    issued_token_type: issued.issuedTokenType,
    token_type: issued.tokenType,
    expires_in: issued.expiresInSeconds,
    scope: issued.scopes.join(' '),
    decision_id: issued.decisionId,
  })
}

/** Exit 3 means that the same command may work later or elsewhere; 1 that it will not. */
function describeFailure(error: ExchangeError): CommandFailure {
  const { code, description, retryAfterSeconds } = error
  const decision = error.decisionId === undefined ? [] : [`the decision is ${error.decisionId}`]
  if (code === 'unreachable') return unreachable(description)
  if (code === 'invalid_response') {
    return unreachable(description, 'check --url: it is the issuer URL of the gateway')
  }
  if (code === 'temporarily_unavailable' || code === 'server_error') {
    const wait =
      retryAfterSeconds === undefined ? [] : [`try again in ${retryAfterSeconds} seconds`]
    return unreachable(`${description} (${code})`, ...wait, ...decision)
  }
  const reasons = error.explanation.flatMap(explain)
  return refusal(`refused: ${description} (${code})`, ...reasons, ...decision)
}

const OUTCOMES: ReadonlyMap<string, string> = new Map([
  ['expired', 'it has expired'],
  ['denied', 'it denies this'],
  ['not_named', 'the request names another rule'],
  ['scope_not_granted', 'it does not grant every scope asked for'],
  ['other_resource', 'it is for another resource'],
])

function explain({ rule, outcome, conditions }: ExplainedRule): readonly string[] {
  const failed = conditions
    .filter((condition) => !condition.holds)
    .map(({ claim, expected, presented }) => {
      return `${rule}: ${claim} must be ${expected}, was ${presented ?? 'absent'}`
    })
  if (failed.length > 0) return failed
  const sentence = OUTCOMES.get(outcome)
  return sentence === undefined ? [] : [`${rule}: ${sentence}`]
}
