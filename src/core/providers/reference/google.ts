/** Reference data of `google-service-account`. */
import type { ProviderReference } from '../reference.ts'
import { DIGITS } from './shape.ts'

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
    email: 'Service account email; absent unless asked for when impersonating.',
    email_verified: 'Must be true before email is used.',
    google: 'Only with format=full on Compute Engine.',
    'google.compute_engine.project_id': 'Project id.',
    'google.compute_engine.project_number': 'Project number.',
    'google.compute_engine.zone': 'Zone.',
    'google.compute_engine.instance_id': 'Instance id.',
    'google.compute_engine.instance_name': 'Instance name.',
    'google.compute_engine.instance_creation_timestamp': 'Creation time.',
    'google.compute_engine.instance_confidentiality': 'Confidential VM flag.',
    'google.compute_engine.license_id': 'Licence ids, when asked for.',
  },
  shapes: { sub: DIGITS, azp: DIGITS },
  guide: {
    tokenRequest: {
      summary: 'Metadata server on Google compute; gcloud for impersonation.',
      env: [],
      command:
        'curl -s -H "Metadata-Flavor: Google" "http://metadata.google.internal/computeMetadata/v1/instance/service-accounts/default/identity?audience=https://api.example.com&format=full"',
    },
    audience: 'workload',
    lifetime: '3600 s.',
    subjectFormats: ['21-digit number as a string'],
    traps: [
      'The issuer is shared by every Google customer and by people signing in: an issuer and audience check proves only that some Google identity asked. Pin sub.',
      'A service account email can be reused after deletion; the numeric sub cannot. PyPI lets email alone match when no sub is set.',
      'email is absent for impersonated tokens unless include-email was given; a missing claim must fail.',
      'Compute claims exist only with format=full and only on VMs (including GKE nodes); they are absent on Cloud Run.',
      'Pods on GKE without workload identity get the node identity.',
      'project_number is a JSON number; instance_id is a string of digits too big for a double.',
      "People's tokens have aud set to an OAuth client id and may carry hd; refuse tokens whose email does not end in gserviceaccount.com when only workloads are meant.",
      'azp equals sub, not aud, which some OIDC libraries reject by default.',
    ],
    unverified: [
      'Whether the unique id survives deletion and recreation of the account: one source says it does, others (and PyPI practice) treat it as the value that does not; taken here as never reused.',
    ],
  },
}
