/** Checks the workload: the source, its subject token, and the audience of that token. */
import { type Considered, ExchangeError, listSources } from '../../../client/index.ts'
import { CLOCK_LEEWAY_SECONDS } from '../../../core/limits.ts'
import { EXIT_CODES } from '../../shell/exit-codes.ts'
import { CommandFailure } from '../../shell/failure.ts'
import { CLOUDS_HINT, describeExchangeFailure } from '../../workload/exchange-failure.ts'
import {
  type ChosenSource,
  chooseSource,
  openPlatform,
  type WorkloadValues,
} from '../../workload/workload.ts'
import { hintAudience, hintToken } from './platform-hints.ts'
import { fail, pass, type Step, skip, warn } from './step.ts'
import { readSubjectFacts, renderFacts, type SubjectFacts } from './subject-facts.ts'

export type Finding<Value> = { readonly step: Step; readonly value: Value | undefined }

/** Reports which source is used and why, and why the sources before it do not fit. */
export async function checkSource(
  values: WorkloadValues,
  audience: string,
): Promise<Finding<ChosenSource>> {
  const considered = await listSources({ platform: openPlatform() })
  const render = ({ source, reason }: Considered) => `${source}: ${reason}`
  try {
    const chosen = await chooseSource(values)
    const { name } = chosen.source
    const at = considered.findIndex(({ source }) => source === name)
    const details = considered.slice(0, Math.max(0, at)).map(render)
    const message = `the token comes from ${name}: ${chosen.reason}`
    return { step: pass('source', message, { details }), value: chosen }
  } catch (error) {
    // An invalid flag is a usage failure, not the result of a step.
    const isNamed = values.source !== undefined || values['token-file'] !== undefined
    if (!(error instanceof CommandFailure) || isNamed) throw error
    const near = considered.filter(({ isNear }) => isNear)
    const [first] = near
    const step = fail('source', 'no source of subject tokens fits this environment', {
      // If a platform was found, show only its sources.
      details: (first === undefined ? considered : near).map(render),
      hint:
        first === undefined
          ? `choose one with --source or --token-file; ${CLOUDS_HINT}`
          : hintToken(first.source, audience),
      exitCode: EXIT_CODES.usage,
    })
    return { step, value: undefined }
  }
}

export type Subject = { readonly token: string; readonly facts: SubjectFacts }

/** Gets a subject token as an exchange does. Never shows the token. */
export async function checkSubjectToken(
  { source }: ChosenSource,
  audience: string,
): Promise<Finding<Subject>> {
  const hint = hintToken(source.name, audience)
  let token: string
  try {
    token = await source.getSubjectToken({ audience })
  } catch (error) {
    if (error instanceof CommandFailure) {
      const { message, exitCode } = error
      return { step: fail('subject_token', message, { hint, exitCode }), value: undefined }
    }
    if (!(error instanceof ExchangeError)) throw error
    const { message, exitCode } = describeExchangeFailure(error)
    return { step: fail('subject_token', message, { hint, exitCode }), value: undefined }
  }
  const facts = readSubjectFacts(token)
  if (facts === undefined) {
    const step = fail('subject_token', 'the token of the platform is not a JWT', {
      hint,
      exitCode: EXIT_CODES.usage,
    })
    return { step, value: undefined }
  }
  return { step: judgeTimes(facts), value: { token, facts } }
}

const OLD_TOKEN_HINT =
  'request a token right before the exchange; if this one is new, see the step clock'

function judgeTimes(facts: SubjectFacts): Step {
  const at = Math.floor(Date.now() / 1000)
  const details = renderFacts(facts)
  const { exp, iat } = facts
  if (exp !== undefined && exp <= at - CLOCK_LEEWAY_SECONDS) {
    return fail(
      'subject_token',
      `the token expired ${at - exp} seconds ago, by the clock of this machine`,
      { details, hint: OLD_TOKEN_HINT },
    )
  }
  if (iat !== undefined && iat > at + CLOCK_LEEWAY_SECONDS) {
    return warn(
      'subject_token',
      `the token was issued ${iat - at} seconds in the future, by the clock of this machine`,
      {
        details,
        hint: 'see the step clock',
      },
    )
  }
  const left = exp === undefined ? 'without expiry' : `valid for ${exp - at} seconds`
  return pass('subject_token', `the platform gave a token, ${left}`, { details })
}

export type AudienceFacts = {
  readonly source: string
  readonly subject: SubjectFacts | undefined
  /** The audience that was requested from the platform. */
  readonly expected: string
  /** The issuer of the gateway, if known. */
  readonly issuer: string | undefined
  /** Whether the exchange was granted; undefined when there was none. */
  readonly isGranted: boolean | undefined
}

/**
 * Checks the audience of a subject token. The gateway accepts a token with one audience only. A
 * trust document can set another audience than the gateway's URL, which only an exchange can show.
 */
export function checkAudience(facts: AudienceFacts): Step {
  const { source, subject, expected, issuer, isGranted } = facts
  if (subject === undefined) return skip('audience', 'there is no token to check')
  const { aud } = subject
  const named = aud.length === 0 ? 'no audience' : aud.join(', ')
  if (isGranted === true) {
    return pass('audience', `the token is for ${named}, and the gateway accepted it`)
  }
  if (aud.length > 1) {
    const reason = `the token is for ${named}; the gateway accepts only a token with one audience`
    return fail('audience', reason, { hint: hintAudience(source, expected, aud) })
  }
  if (aud[0] !== expected) {
    const reason = `the token is for ${named}, but must be for ${expected}`
    return fail('audience', reason, { hint: hintAudience(source, expected, aud) })
  }
  if (issuer === undefined || aud[0] === issuer) {
    return pass('audience', `the token is for ${named}`)
  }
  const reason = `the token is for ${named}; the gateway expects ${issuer}, unless its trust document sets another audience`
  return warn('audience', reason, { hint: `--audience ${issuer}` })
}
