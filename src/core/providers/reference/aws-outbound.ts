/** Reference data of `aws-outbound`. */
import type { ProviderReference } from '../reference.ts'
import { starting } from './shape.ts'

export const awsOutboundReference: ProviderReference = {
  contact:
    'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_outbound_token_claims.html',
  discovery: '{issuer}/.well-known/openid-configuration',
  keySet: '{issuer}/.well-known/jwks.json',
  sources: {
    algorithms: 'https://docs.aws.amazon.com/STS/latest/APIReference/API_GetWebIdentityToken.html',
    lifetime: 'https://docs.aws.amazon.com/STS/latest/APIReference/API_GetWebIdentityToken.html',
    claims:
      'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_outbound_token_claims.html',
  },
  claims: {
    'https://sts.amazonaws.com/': 'Object that contains all AWS claims.',
    'https://sts.amazonaws.com/.aws_account': 'Account id, 12 digits.',
    'https://sts.amazonaws.com/.org_id': 'Organization id.',
    'https://sts.amazonaws.com/.ou_path': 'Path of organizational units.',
    'https://sts.amazonaws.com/.source_region': 'Region of the call.',
    'https://sts.amazonaws.com/.principal_tags': 'Tags of the principal.',
    'https://sts.amazonaws.com/.request_tags': 'Tags that the caller added to this request.',
    'https://sts.amazonaws.com/.lambda_source_function_arn':
      'ARN of the function, for calls from Lambda. Similar session context claims exist for other services.',
  },
  shapes: {
    sub: starting('the ARN of a role or user', 'arn:'),
    'https://sts.amazonaws.com/.aws_account': {
      kind: 'characters',
      one: /^[0-9]$/,
      whole: /^[0-9]{12}$/,
      is: 'the id of an account, 12 digits',
    },
    'https://sts.amazonaws.com/.org_id': starting('an id such as o-abc1234567', 'o-'),
    'https://sts.amazonaws.com/.ou_path': starting('a path such as o-abc1234567/r-ab12/', 'o-'),
    'https://sts.amazonaws.com/.source_region': {
      kind: 'characters',
      one: /^[a-z0-9-]$/,
      whole: /^[a-z]+(?:-[a-z]+)+-[0-9]+$/,
      is: 'the name of a region, such as us-east-1',
    },
    'https://sts.amazonaws.com/.lambda_source_function_arn': starting('an ARN', 'arn:'),
  },
  guide: {
    tokenRequest: {
      summary:
        'Enable the feature once per account, then call a regional STS endpoint, not the global one. The caller chooses algorithm, lifetime and tags.',
      env: [],
      command:
        'aws iam enable-outbound-web-identity-federation; aws sts get-web-identity-token --audience https://sts.example.com --signing-algorithm ES384 --duration-seconds 300 --region us-east-1 --query WebIdentityToken --output text',
    },
    audience: 'workload (1 to 10 audiences)',
    lifetime: '300 s by default, 60 to 3600 s.',
    subjectFormats: [
      'arn:aws:iam::{account}:role/{path/name}',
      'arn:aws:iam::{account}:user/{name}',
    ],
    traps: [
      'Key ids are generic (RSA_0 and EC384_0 in a captured key set) and repeat across accounts. Cache keys per issuer, never only by kid.',
      'The RSA key in the captured set has no alg member. Take the algorithm from an allow-list, not from the JWK.',
      'request_tags are free text from the caller. Never authorise on them. IAM administrators set principal_tags.',
      'sub is an ARN that consists of names, so a recreated role has the same sub. Also pin iss, which is unique per account, or aws_account.',
      'aud may contain up to ten values, and the other recipients can replay the token. Accept only a single audience.',
      'The AWS claims are nested in a member whose name is a URL with a trailing slash.',
      'nbf is not a documented claim.',
      'AWS recommends ES384 over RS256, so both must be supported.',
    ],
    unverified: [
      'Name of the response field in the CLI call.',
      'Session context claims other than lambda_source_function_arn.',
    ],
  },
}
