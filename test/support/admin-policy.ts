/**
 * The deploy-time policy of the tests: the example GitHub job of one issuer path is an
 * administrator.
 */

/** The path of the dev issuer whose tokens can be exchanged for admin tokens. */
export const ADMIN_ISSUER_PATH = 'admin'

/** Returns `BOOTSTRAP_TRUST` for a dev issuer at this URL. */
export function adminPolicy(devIssuer: string): string {
  const when = { repository_owner_id: '1234567', repository_id: '456789012' }
  const rule = { owner: 'platform@example.com', expires: '2099-12-31', from: 'admin' }
  return JSON.stringify({
    issuers: {
      admin: { provider: 'github-actions', issuer: `${devIssuer}/${ADMIN_ISSUER_PATH}` },
    },
    rules: [
      {
        ...rule,
        name: 'administer',
        when: { ...when, environment: 'production' },
        grant: {
          scopes: ['owner'],
          lifetime: '10m',
        },
      },
      {
        ...rule,
        name: 'look',
        when: { ...when, environment: 'staging' },
        grant: { scopes: ['trust:read'], lifetime: '10m' },
      },
      ...['viewer', 'editor', 'approver'].map((role) => ({
        ...rule,
        name: role,
        when: { ...when, environment: role },
        grant: { scopes: [role], lifetime: '10m' },
      })),
    ],
  })
}
