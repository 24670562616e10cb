/**
 * A job gets credentials of AWS with session tags: its token, the gateway, `edgemint credential aws`
 * and a stand-in for STS. The tags and the decision id arrive in what CloudTrail shows.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createScratch, spawnCli } from '../cli/support/run.ts'
import { type StsServer, startStsServer } from '../support/consumers/sts-server.ts'
import { startWorld, type World } from './support/world.ts'

const AWS = 'https://sts.amazonaws.com'
const ROLE = 'arn:aws:iam::123456789012:role/deploy'
const UNTAGGED = 'arn:aws:iam::123456789012:role/untagged'
const SUBJECT = 'github:456789012:production'

let world: World
let sts: StsServer
const write = createScratch()

function trustDocument(issuerUrl: string) {
  return {
    version: 1,
    issuers: {
      github: {
        provider: 'github-actions',
        issuer: `${issuerUrl}/github`,
        audience: 'https://sts.example.com',
      },
    },
    resources: { [AWS]: { for: 'aws', scopes: ['assume-role'] } },
    rules: [
      {
        name: 'deploy-to-aws',
        description: 'The deploy job assumes a role.',
        owner: 'platform@example.com',
        expires: '2099-12-31',
        from: 'github',
        when: { repository_owner_id: '1234567', repository_id: '456789012' },
        accept: ['LINT-07', 'LINT-13', 'LINT-28', 'LINT-29', 'LINT-35', 'PROBE'].map((lint) => ({
          lint,
          reason: 'A rule for tests.',
        })),
        grant: {
          resource: AWS,
          scopes: ['assume-role'],
          subject: 'github:{repository_id}:{environment}',
          claims: {
            'https://aws.amazon.com/tags': {
              principal_tags: {
                Repository: ['{repository}'],
                Run: ['{run_id}/{run_attempt}'],
                Decision: ['{decision_id}'],
              },
              transitive_tag_keys: ['Decision'],
            },
          },
        },
      },
    ],
  }
}

beforeAll(async () => {
  world = await startWorld(undefined, trustDocument)
  sts = await startStsServer({
    providers: [{ url: world.url(), clientIds: ['sts.amazonaws.com'] }],
    roles: [
      { arn: ROLE, audience: 'sts.amazonaws.com', subject: SUBJECT, allowsTags: true },
      { arn: UNTAGGED, audience: 'sts.amazonaws.com', subject: SUBJECT, allowsTags: false },
    ],
  })
})
afterAll(async () => {
  await sts.close()
  await world.close()
})

/** Runs `edgemint credential aws` in a job with these claims. */
async function runJob(role: string, claims: Readonly<Record<string, unknown>> = {}) {
  const merged = { environment: 'production', ...claims }
  const file = write('token.jwt', await world.mint({ claims: merged }))
  const flags = ['--url', world.url(), '--resource', AWS, '--role-arn', role]
  return spawnCli(['credential', 'aws', ...flags, '--endpoint', sts.url], {
    environment: { EDGEMINT_SUBJECT_TOKEN_FILE: file, EDGEMINT_RETRY_SECONDS: '1' },
  })
}

describe('session tags of AWS', () => {
  it('FD-01 FD-02 FD-03 FD-04 arrive with the decision id, which joins CloudTrail and the decision log', async () => {
    const { stdout, stderr, exitCode } = await runJob(ROLE)
    expect(exitCode, stderr).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ Version: 1, AccessKeyId: expect.any(String) })
    const [event] = sts.trail
    const { roleSessionName, principalTags, transitiveTagKeys } = event?.requestParameters ?? {}
    expect(event?.userName).toBe(SUBJECT)
    expect(principalTags).toEqual({
      Repository: 'acme/api',
      Run: '9000000001/1',
      Decision: expect.stringMatching(/^dec_[\w-]{22}$/),
    })
    expect(transitiveTagKeys).toEqual(['Decision'])
    // The session is named after the decision that the gateway answered with.
    expect(principalTags?.Decision).toBe(roleSessionName)
    expect(world.said()).toContain(principalTags?.Decision)
  })

  it('are refused by a role whose policy lacks sts:TagSession', async () => {
    const { stderr, exitCode } = await runJob(UNTAGGED)
    expect(exitCode).toBe(1)
    expect(stderr).toContain('the role may not be assumed with this token (AccessDenied)')
  })

  it('are refused by the gateway if AWS does not allow a character', async () => {
    const before = sts.trail.length
    const { stderr, exitCode } = await runJob(ROLE, { repository: 'acme/api#1' })
    expect(exitCode).toBe(1)
    expect(stderr).toContain('principal_tags.Repository')
    expect(stderr).toContain('the consumer of the resource does not accept the result')
    expect(sts.trail.length).toBe(before)
  })
})
