/**
 * What a consumer gets and what it knows of the issuer. Each file of this folder checks a token as
 * one consumer documents it. The numbers come from the documentation and not from the presets.
 */
import { createLocalJWKSet, type JSONWebKeySet, type JWTPayload, jwtVerify } from 'jose'

export type Presented = {
  readonly token: string
  /** Epoch seconds. */
  readonly at: number
  /** The issuer that the consumer is configured with. */
  readonly issuer: string
  readonly keySet: JSONWebKeySet
  /** The audience that the consumer is configured with. */
  readonly audience: string
}

export type ReadToken = {
  readonly header: Readonly<Record<string, unknown>>
  readonly claims: JWTPayload
}

/** Accepted, or the consumer's reason for the refusal. */
export type Verdict =
  | { readonly isAccepted: true; readonly claims: JWTPayload }
  | { readonly isAccepted: false; readonly reason: string }

export type Validator = (presented: Presented) => Promise<Verdict>

export const refuse = (reason: string): Verdict => ({ isAccepted: false, reason })
export const accept = ({ claims }: ReadToken): Verdict => ({ isAccepted: true, claims })

/** Verifies the signature under one of these algorithms, issuer, audience and times. */
export async function readToken(
  { token, at, issuer, keySet, audience }: Presented,
  algorithms: readonly string[],
  requiredClaims: readonly string[],
): Promise<ReadToken | string> {
  try {
    const { payload, protectedHeader } = await jwtVerify(token, createLocalJWKSet(keySet), {
      algorithms: [...algorithms],
      issuer,
      audience,
      requiredClaims: [...requiredClaims],
      currentDate: new Date(at * 1000),
    })
    return { header: protectedHeader as Readonly<Record<string, unknown>>, claims: payload }
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
