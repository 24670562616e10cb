/** Which STS is called for a region and a role. */
import { expect, test } from 'vitest'
import { chooseEndpoint } from '../../../src/cli/workload/credentials/role-options.ts'
import { startGateway } from '../support/gateway.ts'
import { grant, workloadOf } from '../support/helper.ts'
import { runCli } from '../support/run.ts'

const gateway = await startGateway()
const roleOf = (partition: string) => `arn:${partition}:iam::123456789012:role/deploy`

test.each([
  ['us-east-1', 'aws', 'amazonaws.com'],
  ['eu-central-1', 'aws', 'amazonaws.com'],
  ['ap-southeast-7', 'aws', 'amazonaws.com'],
  ['il-central-1', 'aws', 'amazonaws.com'],
  ['mx-central-1', 'aws', 'amazonaws.com'],
  ['cn-north-1', 'aws-cn', 'amazonaws.com.cn'],
  ['cn-northwest-1', 'aws-cn', 'amazonaws.com.cn'],
  ['us-gov-west-1', 'aws-us-gov', 'amazonaws.com'],
  ['us-iso-east-1', 'aws-iso', 'c2s.ic.gov'],
  ['us-isob-east-1', 'aws-iso-b', 'sc2s.sgov.gov'],
  ['eu-isoe-west-1', 'aws-iso-e', 'cloud.adc-e.uk'],
  ['us-isof-south-1', 'aws-iso-f', 'csp.hci.ic.gov'],
  ['eusc-de-east-1', 'aws-eusc', 'amazonaws.eu'],
])('calls the STS of the region %s in the partition %s', (region, partition, domain) => {
  const endpoint = chooseEndpoint(undefined, region, roleOf(partition))
  expect(endpoint).toBe(`https://sts.${region}.${domain}/`)
})

async function ask(flags: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  gateway.answer(grant)
  return runCli(['credential', 'aws', ...flags], workloadOf(gateway, '', environment))
}

test.each([
  'eu-central-1.evil.org/',
  'eu-central-1@evil.org',
  'eu-central-1#',
  'EU-central-1',
  'aws-global',
  'sts',
  'eu-central-1\n',
])('refuses the region %j, which would select another host', async (region) => {
  const { stderr, exitCode } = await ask(['--role-arn', roleOf('aws'), '--region', region])
  expect([exitCode, gateway.asked.length]).toEqual([2, 0])
  expect(stderr.split('\n')[0]).toBe(
    'edgemint: --region must be an AWS region such as eu-central-1',
  )
})

test('suggests --endpoint for a region of an unknown partition', async () => {
  const { stderr, exitCode } = await ask(['--role-arn', roleOf('aws'), '--region', 'xx-new-east-1'])
  expect([exitCode, gateway.asked.length, stderr]).toEqual([
    2,
    0,
    'edgemint: the region xx-new-east-1 is not in a known AWS partition\n' +
      'edgemint: hint: set the URL of its STS with --endpoint\n',
  ])
})

test.each([
  ['aws', 'eusc-de-east-1', 'aws-eusc'],
  ['aws', 'us-gov-west-1', 'aws-us-gov'],
  ['aws-cn', 'eu-central-1', 'aws'],
  ['aws-iso', 'us-isob-east-1', 'aws-iso-b'],
])('refuses a role of %s in the region %s', async (ofRole, region, ofRegion) => {
  const { stderr, exitCode } = await ask(['--role-arn', roleOf(ofRole)], { AWS_REGION: region })
  expect([exitCode, gateway.asked.length]).toEqual([2, 0])
  expect(stderr.split('\n')[0]).toBe(
    `edgemint: the role is in the partition ${ofRole}, but the region ${region} is in ${ofRegion}`,
  )
})

test.each(['http://sts.example.com', 'http://10.0.0.1/', 'http://sts.eu-central-1.amazonaws.com/'])(
  'refuses the endpoint %s, which would receive the token in clear text',
  async (endpoint) => {
    const { stderr, exitCode } = await ask(['--role-arn', roleOf('aws'), '--endpoint', endpoint])
    expect([exitCode, gateway.asked.length]).toEqual([2, 0])
    expect(stderr.split('\n')[0]).toBe(
      'edgemint: --endpoint must be https; http is for loopback addresses only',
    )
  },
)
