/** The table of issuers. */
import type { IssuerReport } from '../../../contract/admin.ts'
import { Badge } from '../../parts/badge.tsx'
import { Moment } from '../../parts/moment.tsx'
import { Name } from '../../parts/name.tsx'
import { Table } from '../../parts/table.tsx'
import { ISSUERS } from '../../texts/issuers.ts'
import { anchorOf, KeyStateBadge } from './state.tsx'

export function IssuerTable({ issuers }: { readonly issuers: readonly IssuerReport[] }) {
  const { columns } = ISSUERS
  return (
    <Table
      label={ISSUERS.table}
      columns={[
        columns.name,
        columns.provider,
        columns.keys,
        columns.fetched,
        columns.failure,
        { number: columns.granted },
        { number: columns.denied },
      ]}
    >
      {issuers.map((issuer) => (
        <Row key={anchorOf(issuer)} issuer={issuer} />
      ))}
    </Table>
  )
}

function Row({ issuer }: { readonly issuer: IssuerReport }) {
  const { name, source, provider, keys, decisions } = issuer
  return (
    <tr>
      <th scope="row">
        <a href={`#${encodeURIComponent(anchorOf(issuer))}`}>
          <Name text={name} />
        </a>{' '}
        {source === 'policy' && <Badge>{ISSUERS.policy}</Badge>}
      </th>
      <td>
        <Name text={provider} />
      </td>
      <td>
        <KeyStateBadge issuer={issuer} />
      </td>
      <td>{keys.kind === 'fetched' ? <Fetched at={keys.fetched_at} /> : '–'}</td>
      <td>
        {keys.kind === 'fetched' && keys.failed_at !== null ? (
          <Moment seconds={keys.failed_at} form="relative" />
        ) : (
          ISSUERS.noFailure
        )}
      </td>
      <td class="number">{decisions.granted.toLocaleString('en')}</td>
      <td class="number">{decisions.denied.toLocaleString('en')}</td>
    </tr>
  )
}

function Fetched({ at }: { readonly at: number | null }) {
  return at === null ? <span>{ISSUERS.neverFetched}</span> : <Moment seconds={at} form="relative" />
}
