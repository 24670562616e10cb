/** Prints an issued token: only the token on stdout, and to a terminal only with `--print`. */
import type { ExchangedToken, SubjectTokenSource } from '../../client/index.ts'
import type { Flags } from '../shell/command.ts'
import { currentIo } from '../shell/io.ts'
import { checkSecretOutput, print, printJson } from '../shell/output.ts'

export const PRINT_FLAG = {
  print: { about: 'print the token even to a terminal' },
} as const satisfies Flags

export const OUTPUT_FLAGS = {
  json: { about: 'print the whole answer of the gateway as JSON' },
  ...PRINT_FLAG,
} as const satisfies Flags

export type OutputValues = { readonly json?: boolean; readonly print?: boolean }

/** Checks the output before the exchange, so that no token is issued that cannot be printed. */
export function checkTokenOutput(values: OutputValues): void {
  checkSecretOutput('a token', values.print === true)
}

export function printIssued(issued: ExchangedToken, values: OutputValues): void {
  if (values.json === true) printJson(describeIssued(issued))
  else print(issued.accessToken)
}

/** Makes the runner of GitHub Actions hide the token in all later log lines. */
export function maskInCi(token: string): void {
  const { environment, stderr } = currentIo()
  if (environment.GITHUB_ACTIONS === 'true') stderr.write(`::add-mask::${token}\n`)
}

/**
 * Makes the runner of GitHub Actions hide each token of a subject or an actor before it is sent: a
 * refusal is printed, and a hostile gateway could quote the token in it.
 */
export function maskTokens(source: SubjectTokenSource): SubjectTokenSource {
  return {
    name: source.name,
    async getSubjectToken(request) {
      const token = await source.getSubjectToken(request)
      maskInCi(token)
      return token
    },
  }
}

function describeIssued(issued: ExchangedToken): object {
  return {
    access_token: issued.accessToken,
    issued_token_type: issued.issuedTokenType,
    token_type: issued.tokenType,
    expires_in: issued.expiresInSeconds,
    scope: issued.scopes.join(' '),
    decision_id: issued.decisionId,
  }
}
