/**
 * `POST /admin/v1/revocations` revokes one token, or all tokens of a subject, a rule, an issuer or a
 * key, or everything. Unlike RFC 7009, a request that revokes nothing is refused. `lift` lets issuing
 * go on.
 */
import type {
  CoarseRevocationReport,
  RevocationDryRun,
  RevocationReport,
} from '../../../../contract/admin.ts'
import { IN_ENGLISH } from '../../../../contract/text.ts'
import { revokeNamed } from '../../../../core/endpoint/revoke.ts'
import { MAX_REQUEST_BODY_BYTES } from '../../../../core/limits.ts'
import { readClock } from '../../../compose.ts'
import type { AdminContext } from '../../../context.ts'
import { acceptedKeys } from '../../../http/accepted-keys.ts'
import { readJsonBody } from '../../../http/json-body.ts'
import { respondJson } from '../../../http/respond.ts'
import { log } from '../../../log.ts'
import { type CoarseRow, endOf } from '../../../objects/revocation-log/coarse-rows.ts'
import { countLive, type Named } from './count-live.ts'
import { endsOwn } from './ends-own.ts'
import { findTarget } from './find-target.ts'
import { readIssuedToken } from './issued-token.ts'
import { refuse, refuseBody } from './refuse.ts'
import {
  findCoarseName,
  liftRequestSchema,
  type RevocationRequest,
  revocationRequestSchema,
} from './request.ts'

const EXAMPLE = '{"rule": "deploy", "reason": "…"}'

export async function postRevocationRoute(c: AdminContext): Promise<Response> {
  const body = await readJsonBody(c, MAX_REQUEST_BODY_BYTES)
  if (!body.ok) return body.error
  const parsed = revocationRequestSchema.safeParse(body.value, IN_ENGLISH)
  if (!parsed.success) return refuseBody(parsed.error.issues, EXAMPLE)
  const request = parsed.data
  const name = findCoarseName(request)
  return name === undefined ? revokeOne(c, request) : revokeMany(c, request, name)
}

async function revokeOne(c: AdminContext, request: RevocationRequest): Promise<Response> {
  const { gateway, author } = c.var
  let { jti } = request
  if (request.decision !== undefined) {
    const issued = await readIssuedToken(request.decision, gateway.decisionLog, readClock())
    if (!issued.ok) return issued.error
    jti = issued.value
  }
  const { reason, token = '', dry_run: isDry } = request
  const by = { by: author, ...(reason === undefined ? {} : { reason }) }
  const { settings, revocationLog } = gateway
  const revoked = await revokeNamed(jti ?? token, by, {
    gatewayIssuer: settings.issuer,
    keyRing: acceptedKeys(gateway),
    clock: readClock,
    // A dry run only reads what the text names.
    revokeToken: isDry
      ? async ({ expiresAt }) => ({ revokedAt: readClock(), expiresAt })
      : revocationLog.revokeToken,
  })
  if (revoked === undefined) {
    const message = 'is not a token of this gateway: nothing needs to be revoked'
    return refuse('tokenNotRevocable', 'token', message)
  }
  if (revoked === 'token_expired') {
    const message = 'has expired: no API accepts it any more'
    return refuse('tokenNotRevocable', 'token', message)
  }
  const { tokenId, rule, revokedAt, expiresAt } = revoked
  if (isDry) return respondDryRun(c, ['token', tokenId])
  log({ event: 'revocation', at: readClock(), tokenId, ...(rule === undefined ? {} : { rule }) })
  const report: RevocationReport = { jti: tokenId, revoked_at: revokedAt, expires_at: expiresAt }
  return respondJson(report)
}

async function revokeMany(
  c: AdminContext,
  { reason, before, dry_run: isDry, confirm }: RevocationRequest,
  [grain, name]: NonNullable<ReturnType<typeof findCoarseName>>,
): Promise<Response> {
  const { gateway, author, caller } = c.var
  const id = await findTarget(grain, name, gateway)
  if (id === undefined) {
    const place = grain === 'key' ? 'the key ring' : 'the trust document and its recent revisions'
    return refuse('targetUnknown', grain, `does not exist in ${place}`)
  }
  if (before !== undefined && endOf(before) <= readClock()) {
    const message = 'is too early: every token issued before it has expired'
    return refuse('tokenNotRevocable', 'before', message)
  }
  if (isDry) return respondDryRun(c, [grain, id], before)
  if (reason === undefined) {
    return refuse('reasonMissing', 'reason', 'is required: say why, on one line')
  }
  if ((grain === 'all' || endsOwn(caller, [grain, id], before)) && confirm !== true) {
    const message =
      grain === 'all'
        ? 'must be true: this ends every token of this gateway'
        : 'must be true: this ends your own admin token too, and perhaps your way to get another'
    return refuse('confirmationMissing', 'confirm', message)
  }
  const row = await gateway.revocationLog.revokeCoarse({ grain, id, before, by: author, reason })
  if (row === null) return refuseFuture()
  log({ event: 'coarse_revocation', at: readClock(), grain, stops: row.stops_issuing === 1 })
  return respondJson(describeCoarse(row))
}

export async function postLiftRoute(c: AdminContext): Promise<Response> {
  const body = await readJsonBody(c, MAX_REQUEST_BODY_BYTES)
  if (!body.ok) return body.error
  const parsed = liftRequestSchema.safeParse(body.value, IN_ENGLISH)
  if (!parsed.success) return refuseBody(parsed.error.issues, EXAMPLE, 'lifted')
  const { reason, ...named } = parsed.data
  const [grain, name] = findCoarseName(named) ?? ['all', '']
  if (reason === undefined) {
    return refuse('reasonMissing', 'reason', 'is required: say why, on one line', 'lifted')
  }
  const { gateway, author: by } = c.var
  const id = (await findTarget(grain, name, gateway)) ?? name
  const row = await gateway.revocationLog.liftCoarse({ grain, id, by, reason })
  if (row === null) return refuse('stopUnknown', grain, 'is not stopped', 'lifted')
  log({ event: 'coarse_revocation', at: readClock(), grain, stops: false })
  return respondJson(describeCoarse(row))
}

async function respondDryRun(c: AdminContext, named: Named, before?: number): Promise<Response> {
  const { decisionLog, settings } = c.var.gateway
  const { maxTokenLifetimeSeconds: maxLifetimeSeconds } = settings.ceilings
  const at = readClock()
  if (before !== undefined && before > at) return refuseFuture()
  const { tokens, gaps } = await countLive(named, decisionLog, { at, before, maxLifetimeSeconds })
  const [grain, id] = named
  const report: RevocationDryRun = {
    dry_run: true,
    grain,
    id,
    live_tokens: tokens,
    lower_bound: gaps.length > 0,
    gaps,
    own_token: endsOwn(c.var.caller, named, before),
  }
  return respondJson(report)
}

function refuseFuture(): Response {
  return refuse('momentInFuture', 'before', 'is in the future: send a moment until now')
}

export function describeCoarse(row: CoarseRow): CoarseRevocationReport {
  const { lifted_at: at, lifted_by: by, lift_reason: why } = row
  return {
    grain: row.grain,
    id: row.id,
    issued_before: row.issued_before,
    stops_issuing: row.stops_issuing === 1,
    revoked_at: row.revoked_at,
    revoked_by: row.revoked_by,
    reason: row.reason ?? '',
    expires_at: row.expires_at,
    ...(at === null ? {} : { lifted_at: at, lifted_by: by ?? '', lift_reason: why ?? '' }),
  }
}
