/** Everything that is known about one issuer and its keys. */
import type {
  FetchedKeysReport,
  IssuerReport,
  UnusableKey,
  UploadedKeysReport,
} from '../../../contract/admin.ts'
import { type Fact, Facts } from '../../parts/facts.tsx'
import { Moment } from '../../parts/moment.tsx'
import { Name } from '../../parts/name.tsx'
import { withQuery } from '../../shell/route.ts'
import { Link } from '../../shell/router.tsx'
import { ISSUERS } from '../../texts/issuers.ts'
import { anchorOf, KeyStateBadge } from './state.tsx'

const moment = (seconds: number | null) =>
  seconds === null ? undefined : <Moment seconds={seconds} />

export function IssuerDetails({ issuer }: { readonly issuer: IssuerReport }) {
  const { name, url, audience, keys, decisions, warnings } = issuer
  const rows: readonly Fact[] = [
    [ISSUERS.url, url],
    [ISSUERS.audience, audience],
    ...(keys.kind === 'fetched' ? describeFetched(keys) : describeUploaded(keys)),
    [ISSUERS.unusable, describeUnusable(keys.unusable ?? [])],
    [ISSUERS.countedSince, moment(decisions.since)],
  ]
  return (
    <section class="card" id={anchorOf(issuer)}>
      <div class="card-head">
        <h2>
          <Name text={name} /> <KeyStateBadge issuer={issuer} />
        </h2>
        <Link to={withQuery('/decisions', { issuer: name })}>{ISSUERS.decisions}</Link>
      </div>
      {warnings.map((warning) => (
        <p key={warning} class="notice warn">
          <Name text={warning} />
        </p>
      ))}
      <Facts rows={rows} />
    </section>
  )
}

function describeFetched(keys: FetchedKeysReport): readonly Fact[] {
  const skew = keys.clock_skew_seconds
  const ids = keys.ids.map(({ kid, first_seen_at }) => (
    <li key={kid}>
      <Name text={kid ?? ISSUERS.noKeyId} isCode />{' '}
      <span class="muted">
        {ISSUERS.since} <Moment seconds={first_seen_at} />
      </span>
    </li>
  ))
  return [
    [ISSUERS.columns.fetched, moment(keys.fetched_at)],
    [ISSUERS.nextFetch, moment(keys.next_fetch_at)],
    [ISSUERS.failures, keys.failures === 0 ? undefined : String(keys.failures)],
    [
      ISSUERS.columns.failure,
      keys.last_fault === null ? undefined : (
        <>
          <Name text={keys.last_fault} /> {moment(keys.failed_at)}
        </>
      ),
    ],
    [ISSUERS.skew, skew === null ? undefined : ISSUERS.skewOf(skew)],
    [ISSUERS.replaced, moment(keys.replaced_at)],
    [ISSUERS.keyIds, ids.length === 0 ? undefined : <ul class="values">{ids}</ul>],
  ]
}

function describeUploaded({ ids, ends_at }: UploadedKeysReport): readonly Fact[] {
  return [
    [ISSUERS.ends, moment(ends_at)],
    [ISSUERS.keyIds, ids.map((kid) => kid ?? ISSUERS.noKeyId).join(', ')],
  ]
}

function describeUnusable(keys: readonly UnusableKey[]) {
  if (keys.length === 0) return undefined
  return (
    <ul class="values">
      {keys.map(({ index, reason }) => (
        <li key={index}>
          <Name text={ISSUERS.unusableKey(index, reason)} />
        </li>
      ))}
    </ul>
  )
}
