/** Reference data of `fly-io`. */
import type { ProviderReference } from '../reference.ts'
import { DIGITS, IMAGE_DIGEST, NAME } from './shape.ts'

export const flyIoReference: ProviderReference = {
  contact: 'https://github.com/superfly/docs/issues',
  discovery: '{issuer}/.well-known/openid-configuration',
  keySet: null,
  sources: {
    lifetime: 'superfly/docs: security/openid-connect.html.markerb',
    claims: 'superfly/docs: security/openid-connect.html.markerb',
  },
  claims: {
    app_id: 'Application id (string of digits).',
    app_name: 'Application name.',
    org_id: 'Organization id (string of digits).',
    org_name: 'Organization slug.',
    machine_id: 'Machine id.',
    machine_name: 'Machine name, chosen at creation.',
    machine_version: 'Machine version ULID.',
    image: 'Image reference.',
    image_digest: 'Image digest.',
    region: 'Region code.',
  },
  shapes: {
    org_id: DIGITS,
    org_name: NAME,
    app_id: DIGITS,
    app_name: NAME,
    machine_name: NAME,
    image_digest: IMAGE_DIGEST,
    region: { kind: 'characters', one: /^[a-z]$/, is: 'the code of a region, such as sea' },
  },
  guide: {
    tokenRequest: {
      summary: 'Send a POST request to the local API socket of the Machine.',
      env: [],
      command:
        'curl --unix-socket /.fly/api -X POST "http://localhost/v1/tokens/oidc" --data \'{"aud":"https://sts.example.com"}\'',
    },
    audience: 'workload',
    lifetime: '600 s in the documented sample.',
    subjectFormats: ['{org}:{app}:{machine_name}'],
    traps: [
      'iss, aud and sub contain the organization slug, which is a name. Pin org_id and app_id.',
      'The parts of sub have no labels, so a wildcard such as acme:api* also matches an app called api-dev.',
      'Any process in the Machine can use the socket.',
      'image_digest identifies the exact image. image does not.',
    ],
    unverified: ['Signing algorithm (RS256 assumed).'],
  },
}
