/**
 * The partitions of AWS. Each has its own regions and domain, and a role can be assumed only in its
 * own partition. The patterns and domains are those of the partition table in AWS's SDKs.
 */
import { flagFailure, usageFailure } from '../../shell/failure.ts'

type Partition = {
  /** The second part of an ARN. */
  readonly name: string
  readonly region: RegExp
  readonly domain: string
}

const PARTITIONS: readonly Partition[] = [
  {
    name: 'aws',
    region: /^(?:us|eu|ap|sa|ca|me|af|il|mx)-[a-z]{1,20}-\d{1,2}$/,
    domain: 'amazonaws.com',
  },
  { name: 'aws-cn', region: /^cn-[a-z]{1,20}-\d{1,2}$/, domain: 'amazonaws.com.cn' },
  { name: 'aws-us-gov', region: /^us-gov-[a-z]{1,20}-\d{1,2}$/, domain: 'amazonaws.com' },
  { name: 'aws-iso', region: /^us-iso-[a-z]{1,20}-\d{1,2}$/, domain: 'c2s.ic.gov' },
  { name: 'aws-iso-b', region: /^us-isob-[a-z]{1,20}-\d{1,2}$/, domain: 'sc2s.sgov.gov' },
  { name: 'aws-iso-e', region: /^eu-isoe-[a-z]{1,20}-\d{1,2}$/, domain: 'cloud.adc-e.uk' },
  { name: 'aws-iso-f', region: /^us-isof-[a-z]{1,20}-\d{1,2}$/, domain: 'csp.hci.ic.gov' },
  { name: 'aws-eusc', region: /^eusc-[a-z]{1,20}-[a-z]{1,20}-\d{1,2}$/, domain: 'amazonaws.eu' },
]

/** Matches one label of a host name, so that a region cannot select another host. */
const REGION = /^[a-z]{2,6}(?:-[a-z]{1,20}){1,3}-\d{1,2}$/

/**
 * Returns the URL of the regional STS. Refuses a role that is in another partition than the region.
 */
export function findStsEndpoint(region: string, roleArn: string): string {
  if (!REGION.test(region)) {
    throw flagFailure('region', 'must be an AWS region such as eu-central-1')
  }
  const partition = PARTITIONS.find((candidate) => candidate.region.test(region))
  if (partition === undefined) {
    throw usageFailure(
      `the region ${region} is not in a known AWS partition`,
      'set the URL of its STS with --endpoint',
    )
  }
  const [, ofRole = ''] = roleArn.split(':')
  if (ofRole !== partition.name) {
    throw usageFailure(
      `the role is in the partition ${ofRole}, but the region ${region} is in ${partition.name}`,
      'set a region in the partition of the role with --region',
    )
  }
  return `https://sts.${region}.${partition.domain}/`
}
