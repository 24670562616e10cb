/** What to write for a key that has another name in another tool. */
import type { DocumentPath } from '../../contract/admin.ts'
import { namesOf } from './condition-remedy.ts'

type Names = Readonly<Record<string, string>>

const ISSUER: Names = {
  ...namesOf('issuer_url url bound_issuer oidc_discovery_url', 'write issuer'),
  ...namesOf('allowed_audiences bound_audiences client_id_list client_ids', 'write audience'),
  ...namesOf('type kind', 'write provider'),
  ...namesOf(
    'jwks_uri jwks_url',
    'keys are found by discovery: remove it, and name its host in key_hosts if it is not that of the issuer',
  ),
}

const RULE: Names = {
  ...namesOf('bound_claims claim_pattern claims conditions match matches if', 'write when'),
  ...namesOf('attribute_condition expression cel', 'write condition'),
  ...namesOf('subject subject_pattern bound_subject sub', 'write sub as a key of when'),
  ...namesOf('issuer provider', 'write from, with the name of one of the issuers'),
  ...namesOf('permissions scopes token_policies policies', 'write scopes in grant'),
  ...namesOf('resource audience bound_audiences', 'write resource in grant'),
  ...namesOf('lifetime ttl token_ttl token_max_ttl', 'write lifetime in grant'),
  ...namesOf('expiry expiration expires_at valid_until not_after', 'write expires'),
  ...namesOf('enabled disabled', 'write mode: observe for a rule that only logs'),
  priority: 'the first rule that matches decides, and a rule with effect: deny wins always',
}

const GRANT: Names = {
  ...namesOf('audience audiences aud target', 'write resource'),
  ...namesOf('permissions policies token_policies', 'write scopes'),
  ...namesOf('ttl token_ttl max_ttl duration expires_in', 'write lifetime'),
  ...namesOf('sub subject_template', 'write subject'),
}

const DOCUMENT: Names = {
  ...namesOf('statement statements policies roles', 'write rules'),
  ...namesOf('providers identity_providers', 'write issuers'),
  ...namesOf('apis audiences', 'write resources'),
}

/** `path` is that of the unknown key. */
export function adviseKey(path: DocumentPath): string | undefined {
  const name = String(path.at(-1)).toLowerCase()
  const names = namesAt(path)
  return names !== undefined && Object.hasOwn(names, name) ? names[name] : undefined
}

function namesAt(path: DocumentPath): Names | undefined {
  if (path.length === 1) return DOCUMENT
  if (path.length !== 3) return path.length === 4 && path[2] === 'grant' ? GRANT : undefined
  return path[0] === 'issuers' ? ISSUER : path[0] === 'rules' ? RULE : undefined
}
