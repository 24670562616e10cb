/**
 * `GET /admin/v1/issuers` reports the keys, the last failure and the decision counts of each
 * trusted issuer. No decision depends on this report.
 */
import type {
  FetchedKeysReport,
  IssuerReport,
  UploadedKeysReport,
} from '../../../contract/admin.ts'
import {
  CLOCK_LEEWAY_SECONDS,
  KEY_REFRESH_SECONDS,
  KEY_SET_MAX_BYTES,
  KEY_SET_MAX_KEYS,
  UPLOADED_KEYS_WARNING_SECONDS,
} from '../../../core/limits.ts'
import type { TrustedIssuer } from '../../../core/policy/compile/compiled.ts'
import { readClock } from '../../compose.ts'
import type { AdminContext } from '../../context.ts'
import { respondJson } from '../../http/respond.ts'
import { sumIssuerCounts } from '../../objects/decision-log/counters/issuer-counts.ts'
import type { ReadCounts } from '../../objects/durable-ports.ts'
import { describeUnusable } from '../../objects/trust-store/fetch/issuer-alerts.ts'
import type { FetchedIssuerFacts, IssuerFacts } from '../../objects/trust-store/issuer-facts.ts'

export async function getIssuersRoute(c: AdminContext): Promise<Response> {
  return respondJson({ issuers: await reportIssuers(c) })
}

/** The issuers of the document in force, then those of the deploy-time policy. */
export async function reportIssuers(c: AdminContext): Promise<readonly IssuerReport[]> {
  const { trust, issuerFacts, readCounts, settings } = c.var.gateway
  const at = readClock()
  const view = await trust.load(at, (task) => c.executionCtx.waitUntil(task))
  const [facts, counted] = await Promise.all([issuerFacts(), readCounts()])
  // An earlier release counted decisions in the trust store.
  const earlier = { decisions: facts.counts, refused: {} }
  const counts = { ...sumIssuerCounts([earlier, counted]), state: counted.state }
  const hardAge = settings.issuerKeysMaxStaleSeconds
  const report = (source: IssuerReport['source']) => (issuer: TrustedIssuer) =>
    describeIssuer(issuer, source, facts, { at, hardAge, counts })
  return [
    ...[...(view.document?.issuers.values() ?? [])].map(report('document')),
    ...[...view.policy.issuers.values()].map(report('policy')),
  ]
}

type Moment = { readonly at: number; readonly hardAge: number; readonly counts: ReadCounts }

function describeIssuer(
  issuer: TrustedIssuer,
  source: IssuerReport['source'],
  facts: IssuerFacts,
  moment: Moment,
): IssuerReport {
  const { name, url, keySource, audience, profile } = issuer
  const { counts } = moment
  const own = counts.decisions.find((count) => count.issuer === name)
  const fetched = facts.issuers.find((one) => one.url === keySource)
  const keys =
    issuer.uploadedKeys === undefined
      ? describeFetched(keySource, fetched, moment)
      : describeUploaded(issuer)
  return {
    name,
    source,
    url,
    provider: profile.id,
    audience,
    keys,
    decisions: {
      granted: own?.granted ?? 0,
      denied: own?.denied ?? 0,
      since: own?.since ?? null,
      state: counts.state,
    },
    warnings: [
      ...(issuer.isClosed ? ['one of its deny rules cannot be read: its tokens are refused'] : []),
      ...(keys.kind === 'uploaded'
        ? warnUploaded(keys, moment.at)
        : warnFetched(keys, fetched, moment.at)),
    ],
  }
}

function describeUploaded({
  uploadedKeys = [],
  uploadedKeysEnd,
  unusableKeys,
}: TrustedIssuer): UploadedKeysReport {
  return {
    kind: 'uploaded',
    ids: uploadedKeys.map(({ kid }) => kid ?? null),
    ends_at: Number.isFinite(uploadedKeysEnd) ? uploadedKeysEnd : null,
    unusable: unusableKeys.map(describeUnusable),
  }
}

function warnUploaded(
  { ids, ends_at: endsAt, unusable = [] }: UploadedKeysReport,
  at: number,
): readonly string[] {
  const left = unusable.length
  return [
    ...(ids.length === 0 ? ['it has no usable key: its tokens are refused'] : []),
    ...(left > 0 ? [`${left} of its uploaded keys cannot be used: replace them`] : []),
    ...warnOfEnd(endsAt, at),
  ]
}

function warnOfEnd(endsAt: number | null, at: number): readonly string[] {
  if (endsAt === null) return ['its uploaded keys have no end: set keys.expires']
  if (endsAt <= at) return ['its uploaded keys have ended: its tokens are refused']
  if (endsAt > at + UPLOADED_KEYS_WARNING_SECONDS) return []
  return [`its uploaded keys end in ${Math.ceil((endsAt - at) / 86_400)} days`]
}

function describeFetched(
  keySource: string,
  facts: FetchedIssuerFacts | undefined,
  { at, hardAge, counts }: Moment,
): FetchedKeysReport {
  const fetchedAt = facts?.fetchedAt ?? null
  return {
    kind: 'fetched',
    state: stateOf(fetchedAt, facts?.noKeyAt ?? null, at, hardAge),
    ids: (facts?.keys ?? []).map(({ kid, firstSeenAt }) => ({ kid, first_seen_at: firstSeenAt })),
    version: facts?.version ?? 0,
    fetched_at: fetchedAt,
    next_fetch_at: facts?.nextFetchAt ?? null,
    failures: facts?.failures ?? 0,
    last_fault: facts?.lastFault ?? null,
    failed_at: facts?.failedAt ?? null,
    clock_skew_seconds: facts?.clockSkewSeconds ?? null,
    replaced_at: facts?.replacedAt ?? null,
    unusable: (facts?.unusable ?? []).map(describeUnusable),
    offered_key_host: facts?.faultDetail.offeredHost ?? null,
    answered_from_memory: Object.hasOwn(counts.refused, keySource)
      ? (counts.refused[keySource] ?? 0)
      : 0,
  }
}

function stateOf(
  fetchedAt: number | null,
  noKeyAt: number | null,
  at: number,
  hardAge: number,
): FetchedKeysReport['state'] {
  const hasGoodSet = fetchedAt !== null && at - fetchedAt <= hardAge
  if (!hasGoodSet && noKeyAt !== null && at - noKeyAt <= hardAge) return 'unusable'
  if (fetchedAt === null) return 'absent'
  if (at - fetchedAt > hardAge) return 'expired'
  // After two refresh intervals, at least one refresh has failed.
  return at - fetchedAt > 2 * KEY_REFRESH_SECONDS ? 'stale' : 'fresh'
}

/** Returns the details of a fault, which follow its name. */
function detailOf(
  fault: string | null,
  { offeredHost, keyCount }: FetchedIssuerFacts['faultDetail'],
): string {
  switch (fault) {
    case 'jwks_uri_refused':
      return offeredHost === undefined
        ? ''
        : ` (${offeredHost}: must be https on the issuer's own host or one of key_hosts)`
    case 'too_many_keys':
      return ` (${keyCount} keys, at most ${KEY_SET_MAX_KEYS} are allowed)`
    case 'too_large':
      return ` (at most ${KEY_SET_MAX_BYTES} bytes are allowed)`
    default:
      return ''
  }
}

function warnFetched(
  keys: FetchedKeysReport,
  facts: FetchedIssuerFacts | undefined,
  at: number,
): readonly string[] {
  const {
    state,
    failures,
    last_fault: fault,
    clock_skew_seconds: skew,
    replaced_at: replaced,
  } = keys
  return [
    ...(fault === 'stored_keys_damaged' ? ['its stored keys are damaged'] : []),
    ...(state === 'absent' ? ['it has no keys yet: its tokens are refused'] : []),
    ...(state === 'expired' ? ['its keys are too old: its tokens are refused'] : []),
    ...(state === 'unusable' ? ['its key set has no usable key: its tokens are refused'] : []),
    ...(failures > 0
      ? [
          `fetching its keys has failed ${failures} times: ${fault}${detailOf(fault, facts?.faultDetail ?? {})}`,
        ]
      : []),
    ...(skew !== null && Math.abs(skew) > CLOCK_LEEWAY_SECONDS
      ? [`its clock is ${Math.abs(skew)} seconds ${skew > 0 ? 'ahead of' : 'behind'} ours`]
      : []),
    ...(replaced !== null && at - replaced < UPLOADED_KEYS_WARNING_SECONDS
      ? ['all of its keys were replaced at once: verify that the issuer did this']
      : []),
  ]
}
