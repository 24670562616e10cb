/** Reference data of `activestate`. */
import type { ProviderReference } from '../reference.ts'
import { known, starting } from './shape.ts'

export const activestateReference: ProviderReference = {
  contact: 'https://docs.activestate.com/',
  discovery: '{issuer}/.well-known/openid-configuration',
  keySet: null,
  sources: { claims: 'pypi/warehouse: warehouse/oidc/models/activestate.py' },
  claims: {
    organization: 'Organization name.',
    organization_id: 'Organization id.',
    project: 'Project name.',
    project_id: 'Project id.',
    project_path: 'Project path.',
    project_visibility: 'Visibility.',
    actor: 'User name.',
    actor_id: 'User id.',
    builder: 'Name of the builder, pypi-publisher for PyPI.',
    artifact_id: 'Artifact id.',
    ingredient: 'The ingredient that is built.',
  },
  shapes: {
    sub: starting('a text that begins with org:', 'org:'),
    project_visibility: known('public', 'private'),
  },
  guide: {
    tokenRequest: {
      summary: 'The platform issues it for its publisher builder. Other uses are not verified.',
      env: [],
      command: null,
    },
    audience: 'issuer',
    lifetime: 'Not verified.',
    subjectFormats: ['org:{organization}:project:{project}[:...]'],
    traps: [
      'PyPI compares only the first four parts of sub, separated by colons.',
      'PyPI pins builder and actor_id in addition to the names.',
    ],
    unverified: ['Everything except the claim names and the issuer.'],
  },
}
