/**
 * `POST /token` reads the body once and passes it to the exchange with the isolate's ports. The sign-in
 * of the console exchanges an ID token in the same way.
 */
import type { ExchangeInput } from '../../core/endpoint/course.ts'
import type { RenderedResponse } from '../../core/endpoint/render.ts'
import { exchange } from '../../core/endpoint/token-endpoint.ts'
import { GRANT_TYPES } from '../../core/grants/index.ts'
import { MAX_REQUEST_BODY_BYTES } from '../../core/limits.ts'
import { toHex } from '../../web/bytes.ts'
import { readClock } from '../compose.ts'
import type { AppContext } from '../context.ts'
import { readBody } from '../http/body.ts'
import { readContext, readProofContext } from '../http/connection/connection.ts'
import { tellRatePolicy } from '../http/rate-policy.ts'
import { respond } from '../http/respond.ts'
import { findAlert } from '../notify/alert.ts'

export async function tokenRoute(c: AppContext): Promise<Response> {
  const startedAt = Date.now()
  const { headers } = c.req.raw
  const body = await readBody(c.req.raw, MAX_REQUEST_BODY_BYTES)
  const input = {
    ...body,
    contentType: headers.get('content-type') ?? undefined,
    authorization: headers.get('authorization') ?? undefined,
  }
  return respond(tellRatePolicy(await exchangeFor(c, input, startedAt), c.env))
}

/** Exchanges the form for the caller of this request. `startedAt` is in milliseconds. */
export function exchangeFor(
  c: AppContext,
  input: Omit<ExchangeInput, 'context' | 'proofContext'>,
  startedAt: number,
): Promise<RenderedResponse> {
  const gateway = c.get('gateway')
  const { settings, trust } = gateway
  const request = c.req.raw
  const background = (task: Promise<unknown>) => c.executionCtx.waitUntil(task)
  return exchange(
    {
      ...input,
      context: readContext(request, c.env),
      proofContext: readProofContext(request, c.env),
    },
    {
      gatewayIssuer: settings.issuer,
      grantTypes: GRANT_TYPES,
      maxTokenLifetimeSeconds: settings.ceilings.maxTokenLifetimeSeconds,
      issuerKeysMaxStaleSeconds: settings.issuerKeysMaxStaleSeconds,
      bindsCertificates: settings.proofs.bindsCertificates,
      replayNotBefore: settings.replayNotBefore,
    },
    {
      clock: readClock,
      newDecisionId: gateway.newDecisionId,
      sha256,
      loadTrust: (at) => trust.load(at, background),
      refreshKeys: (source, keyId, rejected) => {
        const answer = trust.refreshKeys(source, keyId, rejected)
        // Other requests wait for this answer, even if this caller disconnects.
        background(answer.catch(() => undefined))
        return answer
      },
      keyRing: gateway.keyRing,
      loadRevocations: (at) => gateway.revocations.load(at, background),
      verifySignature: gateway.verifySignature,
      findMint: gateway.findMint,
      claimReplay: gateway.claimReplay,
      spendBudget: gateway.spendBudget,
      claimProof: gateway.claimProof,
      checkNonce: gateway.checkNonce,
      takeStatusIndex: gateway.takeStatusIndex,
      admitSubject: gateway.admitSubject,
      keepsRecords: gateway.decisionLog !== undefined,
      record: (event, known, isAuditStrict) => {
        const durationMilliseconds = Math.max(0, Date.now() - startedAt)
        const evidence = { ...known, durationMilliseconds }
        const note = () => {
          gateway.records.add(event, background)
          const alert = findAlert(event)
          if (alert !== undefined) background(gateway.sendAlert(alert))
          gateway.writeDataPoint?.(event, durationMilliseconds)
        }
        if (isAuditStrict) return gateway.decisions.addDurably(event, evidence).then(note)
        note()
        return gateway.decisions.add(event, evidence, background)
      },
    },
  )
}

async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  return toHex(new Uint8Array(digest))
}
