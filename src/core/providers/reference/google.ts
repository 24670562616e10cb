/** Reference data of `google-service-account`. */
import type { ProviderReference } from '../reference.ts'
import { DIGITS, EMAIL } from './shape.ts'

export const googleServiceAccountReference: ProviderReference = {
  contact: 'https://developers.google.com/identity/protocols/OpenIDConnect',
  discovery: '{issuer}/.well-known/openid-configuration',
  keySet: 'https://www.googleapis.com/oauth2/v3/certs',
  sources: {
    keyHosts: 'https://developers.google.com/identity/protocols/OpenIDConnect',
    algorithms: 'https://developers.google.com/identity/protocols/OpenIDConnect',
    discovery: 'https://developers.google.com/identity/protocols/OpenIDConnect',
    lifetime: 'https://cloud.google.com/sdk/gcloud/reference/auth/print-identity-token',
    claims: 'gravitational/teleport: lib/join/gcp/gcp.go',
  },
  claims: {
    azp: 'Same as sub for service accounts.',
    email: 'Service account email; absent in impersonated tokens unless requested.',
    email_verified: 'Must be true before email is used.',
    google: 'Only with format=full on Compute Engine.',
    'google.compute_engine.project_id': 'Project id.',
    'google.compute_engine.project_number': 'Project number.',
    'google.compute_engine.zone': 'Zone.',
    'google.compute_engine.instance_id': 'Instance id.',
    'google.compute_engine.instance_name': 'Instance name.',
    'google.compute_engine.instance_creation_timestamp': 'Creation time.',
    'google.compute_engine.instance_confidentiality': 'Confidential VM flag.',
    'google.compute_engine.license_id': 'Licence ids, if requested.',
  },
  shapes: {
    sub: DIGITS,
    azp: DIGITS,
    email: EMAIL,
    'google.compute_engine.project_id': {
      kind: 'characters',
      one: /^[a-z0-9.:-]$/,
      whole: /^(?:[a-z0-9.-]+:)?[a-z][a-z0-9-]*$/,
      is: 'the id of a project, such as acme-prod',
    },
    'google.compute_engine.zone': {
      kind: 'characters',
      one: /^[a-z0-9-]$/,
      whole: /^[a-z]+-[a-z]+[0-9]+-[a-z0-9]+$/,
      is: 'the name of a zone, such as us-central1-c',
    },
    'google.compute_engine.instance_id': DIGITS,
  },
  guide: {
    tokenRequest: {
      summary: 'The metadata server on Google compute services, or gcloud for impersonation.',
      env: [],
      command:
        'curl -s -H "Metadata-Flavor: Google" "http://metadata.google.internal/computeMetadata/v1/instance/service-accounts/default/identity?audience=https://sts.example.com&format=full"',
    },
    audience: 'workload',
    lifetime: '3600 s.',
    subjectFormats: ['21-digit number as a string'],
    traps: [
      'The issuer is the same for every Google customer and for people who sign in. Issuer and audience prove only that the caller has some Google identity. Pin sub.',
      'A service account email can be reused after deletion, but the numeric sub cannot. PyPI matches only the email if no sub is set.',
      'email is absent in impersonated tokens unless include-email is set. A rule must not match if the claim is missing.',
      'Compute claims exist only with format=full and only on VMs, including GKE nodes. They are absent on Cloud Run.',
      'Pods on GKE without workload identity get the identity of the node.',
      'project_number is a JSON number. instance_id is a string of digits that is too large for a double.',
      'Tokens of people have an OAuth client id as aud and may have hd. To accept only workloads, refuse tokens whose email does not end in gserviceaccount.com.',
      'azp equals sub and not aud. Some OIDC libraries reject that by default.',
    ],
    unverified: [
      'Whether a recreated account has the same unique id. One source says so; others, and PyPI, treat the id as never reused. This profile does the same.',
    ],
  },
}
