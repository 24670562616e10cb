/** Sources that need an object of the caller: an AWS client, or the request of a function. */
import { isPassingAwsCode } from '../exchange/aws-errors.ts'
import { AWS_TOKEN_LIFETIME_SECONDS } from '../limits.ts'
import { findPlatform } from '../platform.ts'
import type { SubjectTokenSource } from '../subject-token-source.ts'
import { openRow } from './open-row.ts'
import { SourceFault } from './row.ts'

/** The input of the AWS STS command GetWebIdentityToken. */
export type WebIdentityTokenInput = {
  readonly Audience: string[]
  readonly SigningAlgorithm: 'ES384'
  readonly DurationSeconds: number
}

/**
 * Gets a token from AWS STS with the caller's AWS SDK. This package does not include one.
 *
 * @example
 * const sts = new STSClient({})
 * const source = fromAws((input) => sts.send(new GetWebIdentityTokenCommand(input)))
 */
export function fromAws(
  getWebIdentityToken: (
    input: WebIdentityTokenInput,
  ) => Promise<{ readonly WebIdentityToken?: string | undefined }>,
): SubjectTokenSource {
  return openRow(
    {
      name: 'aws',
      async ask(_, { audience }) {
        const { WebIdentityToken: token } = await getWebIdentityToken({
          Audience: [audience],
          SigningAlgorithm: 'ES384',
          DurationSeconds: AWS_TOKEN_LIFETIME_SECONDS,
        }).catch((error: unknown) => {
          const name = nameOf(error)
          const sentence = `GetWebIdentityToken failed${name === '' ? '' : ` (${name})`}`
          throw new SourceFault(sentence, isPassingAwsCode(name))
        })
        return token ?? ''
      },
    },
    findPlatform(),
  )
}

/** The name of an AWS error, such as AccessDenied. Its text is never shown. */
function nameOf(error: unknown): string {
  const name = error instanceof Error ? error.name : ''
  return /^[A-Za-z]{1,60}$/.test(name) ? name : ''
}

/** A `Request`, or another object with its headers. */
export type VercelRequest = {
  readonly headers: { readonly get: (name: string) => string | null | undefined }
}

/**
 * Reads the token of a Vercel function, which arrives with each request.
 *
 * @example
 * const source = fromVercelRequest(request)
 */
export function fromVercelRequest({ headers }: VercelRequest): SubjectTokenSource {
  return openRow(
    { name: 'vercel', ask: async () => headers.get('x-vercel-oidc-token') ?? '' },
    findPlatform(),
  )
}
