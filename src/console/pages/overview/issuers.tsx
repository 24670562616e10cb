/** The issuers of a gateway: how many are fine, and those that are not. */
import type { IssuerReport } from '../../../contract/admin.ts'
import { Name } from '../../parts/name.tsx'
import { OVERVIEW } from '../../texts/overview.ts'
import { anchorOf, isFine, KeyStateBadge } from '../issuers/state.tsx'

export function Issuers({ issuers }: { readonly issuers: readonly IssuerReport[] }) {
  if (issuers.length === 0) return <p class="hint">{OVERVIEW.noIssuers}</p>
  const faulty = issuers.filter((issuer) => !isFine(issuer))
  const fine = issuers.length - faulty.length
  return (
    <>
      {fine > 0 && <p>{OVERVIEW.issuersFine(fine)}</p>}
      {faulty.length > 0 && (
        <ul class="plain-list">
          {faulty.map((issuer) => (
            <li key={anchorOf(issuer)}>
              <KeyStateBadge issuer={issuer} /> <Name text={issuer.name} />
              {issuer.warnings.map((warning) => (
                <div key={warning} class="muted">
                  <Name text={warning} />
                </div>
              ))}
            </li>
          ))}
        </ul>
      )}
    </>
  )
}
