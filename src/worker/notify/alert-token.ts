/**
 * The form in which the webhook gets an alert: a security event token (RFC 8417), signed with the
 * active key of the gateway. A receiver verifies it with `/jwks.json`, without a shared secret.
 */
import type { NewTokenId } from '../../core/ports.ts'
import { type KeyRing, selectSigningKey } from '../../core/tokens/keyring.ts'
import { createJwtSigner } from '../../core/tokens/signed-jwt.ts'
import { ALERT_EVENT_PREFIX, SECURITY_EVENT_TYP } from '../../protocol/token.ts'
import { MAX_ALERT_FACT_CHARACTERS } from '../limits.ts'
import { ALERT_REASONS, type Alert } from './alert.ts'

export type AlertContext = {
  /** The issuer URL of the gateway. */
  readonly gatewayIssuer: string
  /** The webhook. Only its origin is in the token, because its path may be a secret. */
  readonly url: string
  readonly newTokenId: NewTokenId
  /** Epoch seconds. */
  readonly at: number
}

/** Returns the compact form; undefined if there is no active key. */
export async function signAlert(
  alert: Alert,
  { gatewayIssuer, url, newTokenId, at }: AlertContext,
  ring: KeyRing,
): Promise<string | undefined> {
  const key = selectSigningKey(ring, undefined, at)
  if (key === undefined) return undefined
  const header = { typ: SECURITY_EVENT_TYP, alg: key.algorithm, kid: key.keyId } as const
  return createJwtSigner(
    header,
    key.sign,
  )({
    iss: gatewayIssuer,
    aud: new URL(url).origin,
    iat: at,
    jti: newTokenId(),
    toe: alert.at,
    txn: alert.decisionId,
    events: { [`${ALERT_EVENT_PREFIX}${alert.type}`]: describeAlert(alert) },
  })
}

/** Members that are undefined are left out of the JSON. */
function describeAlert({ type, rule, issuer, resource, decisionId, facts }: Alert): object {
  const bounded = Object.entries(facts ?? {}).map(([name, value]) => [
    name,
    typeof value === 'string' ? value.slice(0, MAX_ALERT_FACT_CHARACTERS) : value,
  ])
  return {
    ...Object.fromEntries(bounded),
    reason: ALERT_REASONS[type],
    decision_id: decisionId,
    rule,
    issuer,
    resource,
  }
}
