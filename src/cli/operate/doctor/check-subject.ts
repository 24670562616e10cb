/** The workload's side: the source, what it hands out, and for whom that is. */
import { type Considered, ExchangeError, listSources } from '../../../client/index.ts'
import { CLOCK_LEEWAY_SECONDS } from '../../../core/limits.ts'
import { EXIT_CODES } from '../../shell/exit-codes.ts'
import { CommandFailure } from '../../shell/failure.ts'
import { describeExchangeFailure } from '../../workload/exchange-failure.ts'
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

/** Which source it is and why, and why the others before it are not. */
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
    // What was named on the command line is no finding but a mistake.
    const isNamed = values.source !== undefined || values['token-file'] !== undefined
    if (!(error instanceof CommandFailure) || isNamed) throw error
    const near = considered.filter(({ isNear }) => isNear)
    const [first] = near
    const step = fail('source', 'no source of subject tokens fits this environment', {
      // A platform that is there is the one that is meant.
      details: (first === undefined ? considered : near).map(render),
      hint:
        first === undefined
          ? 'name one with --source or --token-file'
          : hintToken(first.source, audience),
      exitCode: EXIT_CODES.usage,
    })
    return { step, value: undefined }
  }
}

export type Subject = { readonly token: string; readonly facts: SubjectFacts }

/** Asks the platform as an exchange would. What it gives is never shown. */
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
    const step = fail('subject_token', 'what the platform gave is no JWT', {
      hint,
      exitCode: EXIT_CODES.usage,
    })
    return { step, value: undefined }
  }
  return { step: judgeTimes(facts, hint), value: { token, facts } }
}

function judgeTimes(facts: SubjectFacts, hint: string): Step {
  const at = Math.floor(Date.now() / 1000)
  const details = renderFacts(facts)
  const { exp, iat } = facts
  if (exp !== undefined && exp <= at - CLOCK_LEEWAY_SECONDS) {
    return fail('subject_token', `the token has ended ${at - exp} seconds ago`, { details, hint })
  }
  if (iat !== undefined && iat > at + CLOCK_LEEWAY_SECONDS) {
    return warn('subject_token', `the token begins in ${iat - at} seconds by our clock`, {
      details,
      hint: 'look at the step clock',
    })
  }
  const left = exp === undefined ? 'without an end' : `good for ${exp - at} seconds`
  return pass('subject_token', `the platform gave a token, ${left}`, { details })
}

export type AudienceFacts = {
  readonly source: string
  readonly subject: SubjectFacts | undefined
  /** What the platform was asked for. */
  readonly expected: string
  /** What the gateway calls itself, where it says so. */
  readonly issuer: string | undefined
  /** Whether the exchange was granted; undefined when there was none. */
  readonly isGranted: boolean | undefined
}

/**
 * The gateway takes a token for it alone. It may expect another audience of an issuer than its own
 * URL, and does not tell: only an exchange shows that.
 */
export function checkAudience(facts: AudienceFacts): Step {
  const { source, subject, expected, issuer, isGranted } = facts
  if (subject === undefined) return skip('audience', 'there is no token to look at')
  const { aud } = subject
  const named = aud.length === 0 ? 'nobody' : aud.join(', ')
  if (isGranted === true) {
    return pass('audience', `the token is for ${named}, and the gateway took it`)
  }
  if (aud.length > 1) {
    const reason = `the token is for ${named}; the gateway takes one that is for it alone`
    return fail('audience', reason, { hint: hintAudience(source, expected, aud) })
  }
  if (aud[0] !== expected) {
    const reason = `the token is for ${named}, expected was ${expected}`
    return fail('audience', reason, { hint: hintAudience(source, expected, aud) })
  }
  if (issuer === undefined || aud[0] === issuer) {
    return pass('audience', `the token is for ${named}`)
  }
  const reason = `the token is for ${named}; the gateway is ${issuer}, and expects that unless its trust document says otherwise`
  return warn('audience', reason, { hint: `--audience ${issuer}` })
}
