/**
 * `edgemint revoke`: revokes one token, or all tokens of a subject, a rule, an issuer or a key, or
 * everything. `--lift` lets issuing go on.
 */

import { renderSeconds } from '../../audit/render-time.ts'
import { readAdminAccess } from '../../people/admin-access.ts'
import { requireAdminUrl } from '../../people/admin-url.ts'
import { OWN_TOKEN_ENDED } from '../../revocations/ask-to-revoke.ts'
import { endsWith } from '../../revocations/own-token.ts'
import { renderCoarse, renderDelays, renderDryRun } from '../../revocations/render.ts'
import {
  liftRevocation,
  postRevocation,
  type RevocationRequest,
  type Revoked,
} from '../../revocations/revocations-api.ts'
import type { Command, Values } from '../../shell/command.ts'
import { EXIT_CODES, type ExitCode } from '../../shell/exit-codes.ts'
import { usageFailure } from '../../shell/failure.ts'
import { parseFlags } from '../../shell/flags.ts'
import { hint, printJson, say } from '../../shell/output.ts'
import { readToken } from '../../shell/read-input.ts'
import { adminFlags } from '../../trust/admin-flags.ts'
import { readBefore } from '../../trust/moment-flag.ts'

export const command = {
  synopsis: '(--jti ID | --rule NAME | …) --url URL [--token-file FILE] [FLAGS]',
  about: `Revokes one issued token, or all tokens of a subject, a rule, an issuer, a signing key, or everything.
A revocation of many tokens also stops the issuing of such tokens until it is lifted or ends after
a day; --before leaves issuing as it is. Exits with 0 only when the revocation is stored. It takes
effect at once for introspection, and within ten seconds at the edge.`,
  flags: {
    jti: {
      value: 'ID',
      about: "the id of the token: `tokenId` in the gateway's log, `jti` in the token",
    },
    leaked: {
      value: 'FILE',
      alias: 'token',
      about: 'a file with the token, instead of `--jti`; `-` reads stdin',
      completes: 'files',
    },
    decision: { value: 'ID', about: 'the decision that issued the token: `dec_…`' },
    subject: { value: 'SUB', about: 'the `sub` of the tokens, or of their subject tokens' },
    rule: { value: 'NAME', about: 'the rule that granted the tokens' },
    issuer: {
      value: 'NAME',
      about: 'the issuer of their subject tokens: its name in the trust document, or its URL',
    },
    key: { value: 'KID', about: 'the signing key of the tokens; another key signs in its place' },
    all: { about: 'every token of the gateway, admin tokens included; needs `--yes`' },
    ...adminFlags('the scope `revocations:write`'),
    reason: {
      value: 'TEXT',
      about: 'the reason, on one line of at most 256 characters; required for many tokens',
    },
    before: {
      value: 'TIME',
      about:
        'revoke only tokens issued before this moment, such as `2027-03-01T12:00:00Z`; a date means the start of that day',
    },
    lift: { about: 'let issuing go on; tokens issued until now stay revoked' },
    'dry-run': { about: 'count the live tokens that would end, and revoke nothing' },
    yes: { about: 'confirm that everything, or your own admin token, ends' },
    json: { about: 'print the answer of the gateway' },
  },
  example:
    'npx edgemint revoke --rule deploy --reason "runner image leaked, ticket 7" \\\n  --url https://sts.example.com --token-file admin.jwt',
} as const satisfies Command

const TARGETS = ['jti', 'leaked', 'decision', 'subject', 'rule', 'issuer', 'key', 'all'] as const

type Given = Values<(typeof command)['flags']>

export async function run(args: readonly string[]): Promise<ExitCode> {
  const { values } = parseFlags(args, command)
  requireAdminUrl(values.url)
  checkFlags(values)
  const access = await readAdminAccess(values)
  const request = await makeRequest(values)
  const { revoked: answer, endsOwn } = values.lift
    ? { revoked: await liftRevocation(access, request), endsOwn: false }
    : await postRevocation(access, request)
  // The gateway asks no confirmation for one token.
  const isOwn = endsOwn || ('jti' in answer && endsWith(access.token, answer.jti))
  for (const line of describe(answer)) say(line)
  if ('grain' in answer && !('dry_run' in answer)) {
    const now = Math.floor(Date.now() / 1000)
    for (const line of renderDelays(answer, values.lift, now)) hint(line)
  }
  // A lift of everything revokes what was issued until then, also to the administrator who lifts.
  const isAll = values.all && values.before === undefined && !values['dry-run']
  if (values.all ? isAll : isOwn) say(OWN_TOKEN_ENDED)
  if (values.json) printJson(answer)
  return EXIT_CODES.done
}

function checkFlags(values: Given): void {
  const named = TARGETS.filter((name) => values[name] !== undefined && values[name] !== false)
  const [target] = named
  if (target === undefined || named.length > 1) {
    throw usageFailure(`name one thing to revoke: ${TARGETS.map((name) => `--${name}`).join(', ')}`)
  }
  if (values.leaked === '-' && values['token-file'] === '-') {
    throw usageFailure('--leaked and --token-file cannot both be -: stdin can be read only once')
  }
  const isOne = ['jti', 'leaked', 'decision'].includes(target)
  if (isOne && values.before !== undefined) throw usageFailure('--before is not for one token')
  if (isOne && values.lift) throw usageFailure('--lift is not for one token: it stays revoked')
  if (values.lift && (values['dry-run'] || values.before !== undefined)) {
    throw usageFailure('--lift cannot be used together with --dry-run or --before')
  }
  const isDry = values['dry-run']
  if (!isOne && !isDry && values.reason === undefined) {
    throw usageFailure(`--${target} needs --reason: it is kept with the revocation`)
  }
  if (target === 'all' && !values.yes && !isDry && !values.lift) {
    throw usageFailure('--all ends every token of the gateway: repeat it with --yes')
  }
}

async function makeRequest(values: Given): Promise<RevocationRequest> {
  const { jti, decision, subject, rule, issuer, key, reason } = values
  const before = values.before === undefined ? undefined : readBefore(values.before, '--before')
  return {
    ...{ jti, decision, subject, rule, issuer, key, reason, before },
    token: values.leaked === undefined ? undefined : await readToken(values.leaked),
    all: values.all || undefined,
    confirm: (values.yes && !values.lift) || undefined,
    dry_run: values['dry-run'] || undefined,
  }
}

function describe(answer: Revoked): readonly string[] {
  if ('dry_run' in answer) return renderDryRun(answer)
  if ('grain' in answer) return [renderCoarse(answer)]
  const { jti, revoked_at: at, expires_at: end } = answer
  return [
    `${jti} was revoked at ${renderSeconds(at)}; the revocation is kept until ${renderSeconds(end)}`,
  ]
}
