/** What to do when something other than a gateway has answered. */

const CHECK_URL = 'check --url: it is the issuer URL of the gateway'

const IN_FRONT =
  'a server in front of the gateway may have answered, such as a sign-in page or an outbound proxy: let requests to the gateway pass, or check --url'

/**
 * `status`: of the answer, if there is one. Without a 404, the address may be right: a sign-in page or
 * a proxy answers with a page and 200, 401 or 403, or with a redirect.
 */
export function findAddressHint(status: number | undefined): string {
  return status === 404 ? CHECK_URL : IN_FRONT
}
