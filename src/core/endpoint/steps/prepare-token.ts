/**
 * The end of step 7 of an exchange: everything that can still refuse a token that a rule allows. It
 * runs before the subject token is marked as used, so that a refusal uses up nothing.
 */
import { ok, type Result } from '../../../web/result.ts'
import { type Denial, deny } from '../../denial.ts'
import type { FindMint, Issuance, Mint } from '../../issuance.ts'
import { DECISION_LOG, type ExchangePorts, Unavailable } from '../../ports.ts'
import type { Revocations } from '../../revocation-ports.ts'
import { checkIssuing } from '../../tokens/check-issuing.ts'
import { checkLength } from '../../tokens/check-length.ts'
import { placeToken } from '../../tokens/place-token.ts'
import { descend, lifeLeft } from '../actor.ts'
import type { DecidedToken } from './decide-token.ts'
import type { ProvenCaller } from './prove-caller.ts'

type Question = {
  readonly decided: DecidedToken
  readonly caller: ProvenCaller
  readonly isForGateway: boolean
  readonly revocations: Revocations
  readonly gatewayIssuer: string
  /** Of the trust document. */
  readonly revision: number
  readonly findMint: FindMint
}

export type PreparedToken = {
  readonly mint: Mint
  readonly issuance: Issuance
}

/** Throws `Unavailable` if no token can be issued for the resource. */
export async function prepareToken(
  question: Question,
  ports: Pick<ExchangePorts, 'clock' | 'keepsRecords' | 'takeStatusIndex'>,
): Promise<Result<PreparedToken, Denial>> {
  const { decided, caller, isForGateway, revocations, gatewayIssuer, revision, findMint } = question
  const { identity, parent, actor } = caller
  const { granted, confirmation } = decided
  const { resource, subject, scopes, claims, act } = granted
  const rule = granted.rule.name
  const planned = { identity, parent, actor, rule, subject, isForGateway }
  const checked = revocations.hasCoarse
    ? await checkIssuing(revocations, planned, ports.clock())
    : undefined
  if (checked?.ok === false) return checked
  if (resource.audit === 'strict' && !ports.keepsRecords) throw new Unavailable(DECISION_LOG)
  const issuedAt = ports.clock()
  const mint = findMint(resource, issuedAt, checked?.value)
  // The clock has moved on. A narrower token never outlives its parent (EXC-07).
  const left = lifeLeft(granted.lifetimeSeconds, issuedAt, parent, actor)
  if (left <= 0) return deny({ reason: 'token_expired', facts: { now: issuedAt } })
  const issuance = {
    gatewayIssuer,
    identity,
    rule,
    resource,
    scopes,
    lifetimeSeconds: Math.min(granted.lifetimeSeconds, left),
    subject,
    claims,
    revision,
    issuedAt,
    confirmation,
    ...descend(parent, actor),
    act,
  }
  // Before the index, so that a token that is too long uses up none.
  const tooLong = checkLength(mint, issuance)
  if (tooLong !== undefined) return tooLong
  if (!resource.hasStatusList) return ok({ mint, issuance })
  const status = await placeToken(mint, issuance, ports)
  if (!status.ok) return status
  return ok({ mint, issuance: { ...issuance, statusIndex: status.value } })
}
