/** `edgemint ask outliving`: lists tokens that were valid after the end of their subject token. */

import type { DecisionRecord } from '../../../contract/decisions/record.ts'
import { MAX_TOKEN_LIFETIME_CEILING_SECONDS } from '../../../contract/limits.ts'
import { makePlain } from '../../../web/text/plain.ts'
import { checkQuestion, READ_FLAGS } from '../../decisions/filter-flags.ts'
import { isMissing, renderMissing } from '../../decisions/missing.ts'
import { readAdminAccess } from '../../people/admin-access.ts'
import { requireAdminUrl } from '../../people/admin-url.ts'
import type { Command } from '../../shell/command.ts'
import { EXIT_CODES, type ExitCode } from '../../shell/exit-codes.ts'
import { parseFlags, parseNumber } from '../../shell/flags.ts'
import { MAX_LISTED } from '../../shell/limits.ts'
import { printJson, printPlain, say } from '../../shell/output.ts'
import { findGrants } from '../find-grants.ts'
import { renderSeconds } from '../render-time.ts'
import { createStates, readRevocations, type TokenState } from '../token-states.ts'

const DEFAULT_LIMIT = 10_000
const DEFAULT_DAYS = 7
const NO_REVOCATIONS = { coarse: [], tokens: new Map<string, number>(), missing: undefined }
const DAY_MILLISECONDS = 86_400_000
/** No token lives longer, so none outlives another by more. */
const BY_RANGE = { least: 0, most: MAX_TOKEN_LIFETIME_CEILING_SECONDS, unit: 'seconds' }
const LIMIT_RANGE = { least: 1, most: MAX_LISTED }

export const command = {
  synopsis: '--url URL [--token-file FILE] [FLAGS]',
  about: `Which tokens outlive their task. A gateway does not see the end of a job. It compares each token with
the end of the subject token that it was exchanged for, which is the last moment that the platform
vouches for. A token that was revoked is listed with the time of its revocation until it would have
expired. The gateway forgets the revocation then. Without the scopes that read revocations, the answer
says that a token may be revoked.`,
  flags: {
    ...READ_FLAGS,
    from: {
      value: 'TIME',
      about: 'the start: UTC such as `2026-12-01` or `2026-12-01T12:00:00Z`, or epoch seconds',
      default: '7 days before the end',
    },
    to: { value: 'TIME', about: 'the end; a date means the end of that day', default: 'now' },
    rule: { value: 'NAME', about: 'only tokens of this rule' },
    resource: { value: 'URI', about: 'only tokens for this resource, as the document spells it' },
    by: { value: 'SECONDS', about: 'only tokens that outlive it by more than this', default: '0' },
    limit: {
      value: 'NUMBER',
      about: 'compare at most this many tokens, the newest first',
      default: '10000',
    },
    json: {
      about:
        'print `{ compared, unknown, complete, tokens }`; each token has its `state`, `live`, `revoked`, `expired` or `unknown`, and `revoked_at`',
    },
  },
  example:
    'npx edgemint ask outliving --by 900 --url https://sts.example.com --token-file admin.jwt',
} as const satisfies Command

type Outliving = {
  readonly token_id: string | null
  readonly decision: string
  readonly rule: string | null
  readonly resource: string | null
  readonly subject: string | null
  /** Epoch seconds. */
  readonly expires_at: number
  readonly subject_token_expires_at: number
  readonly outlives_by_seconds: number
} & TokenState

export async function run(args: readonly string[]): Promise<ExitCode> {
  const { values } = parseFlags(args, command)
  requireAdminUrl(values.url)
  const by = parseNumber('--by', values.by ?? '0', BY_RANGE)
  const limit = parseNumber('--limit', values.limit ?? String(DEFAULT_LIMIT), LIMIT_RANGE)
  const { from, to, rule, resource } = values
  const asked = Object.entries({ from, to, rule, resource }).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  )
  const end = checkQuestion(asked) ?? Date.now()
  const start = Math.max(0, Math.floor((end - DEFAULT_DAYS * DAY_MILLISECONDS) / 1000))
  const question = from === undefined ? [['from', String(start)] as const, ...asked] : asked
  const access = await readAdminAccess(values)
  const {
    decisions,
    complete: isRead,
    missing,
  } = await findGrants(access, question, limit, keepEnds)
  const complete = isRead && !isMissing(missing)
  const compared = decisions.flatMap((decision) => compare(decision) ?? [])
  const outliving = compared
    .filter((one) => one.outlives_by_seconds > by)
    .sort((left, right) => right.outlives_by_seconds - left.outlives_by_seconds)
  const at = Math.floor(Date.now() / 1000)
  const isAnyLive = outliving.some(({ record }) => (record.expires_at ?? 0) > at)
  const revocations = isAnyLive ? await readRevocations(access) : NO_REVOCATIONS
  const stateOf = createStates(decisions, revocations, at)
  const tokens = outliving.map((one) => describe(one, stateOf(one.record)))
  const unknown = decisions.length - compared.length
  if (values.json) printJson({ compared: compared.length, unknown, complete, tokens }, 2)
  else if (tokens.length > 0) printPlain(tokens.map(renderToken).join('\n'))
  const rest = unknown === 0 ? '' : `; of ${unknown} more, one of the two ends is not recorded`
  say(
    `${tokens.length} of ${compared.length} tokens outlive their subject token${by === 0 ? '' : ` by more than ${by} s`}${rest}`,
  )
  for (const sentence of describeStates(tokens, revocations.missing)) say(sentence)
  for (const sentence of renderMissing(missing)) say(sentence)
  if (!isRead)
    say(`older tokens were not compared: raise --limit above ${limit}, or shorten the period`)
  return EXIT_CODES.done
}

/** What the answer needs. A million whole records do not fit into memory. */
function keepEnds(decision: DecisionRecord): DecisionRecord {
  const { claims: _, actor_claims: __, asked: ___, scopes: ____, ...kept } = decision
  return kept
}

type Compared = { readonly record: DecisionRecord; readonly outlives_by_seconds: number }

/** Returns undefined if one of the two ends is not recorded. */
function compare(record: DecisionRecord): Compared | undefined {
  const { expires_at: end, subject_token_expires_at: subjectEnd } = record
  if (end === undefined || subjectEnd === undefined) return undefined
  return { record, outlives_by_seconds: end - subjectEnd }
}

function describe({ record, outlives_by_seconds }: Compared, state: TokenState): Outliving {
  return {
    token_id: record.token_id ?? null,
    decision: record.id,
    rule: record.rule ?? null,
    resource: record.resource ?? null,
    subject: record.subject ?? null,
    expires_at: record.expires_at ?? 0,
    subject_token_expires_at: record.subject_token_expires_at ?? 0,
    outlives_by_seconds,
    ...state,
  }
}

function renderToken(one: Outliving): string {
  const { outlives_by_seconds: by, rule, resource, subject, decision, token_id: id } = one
  const names = [rule, resource, subject, id, decision].map((text) =>
    text === null ? '-' : makePlain(text),
  )
  const revoked = one.revoked_at === null ? '' : `, revoked ${renderSeconds(one.revoked_at)}`
  return `${by} s  until ${renderSeconds(one.expires_at)}${revoked}  ${names.join('  ')}`
}

/** Says how many tokens are revoked, and how many may be. */
function describeStates(
  tokens: readonly Outliving[],
  missing: string | undefined,
): readonly string[] {
  const count = (wanted: TokenState['state']) =>
    tokens.filter(({ state }) => state === wanted).length
  const [revoked, unknown] = [count('revoked'), count('unknown')]
  const why = missing ?? 'the token that it was exchanged for is not among those that were compared'
  return [
    ...(revoked === 0 ? [] : [`${revoked} of them ${revoked === 1 ? 'is' : 'are'} revoked`]),
    ...(unknown === 0 ? [] : [`${unknown} of them may be revoked: ${why}`]),
  ]
}
