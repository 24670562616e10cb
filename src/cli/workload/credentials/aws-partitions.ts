/**
 * The partitions of AWS: each has regions and a domain of its own, and a role of one cannot be
 * assumed in another. The patterns and domains are those of the partition table in AWS's SDKs.
 */
import { usageFailure } from '../../shell/failure.ts'

type Partition = {
  /** As the second part of an ARN has it. */
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

/** One label of a host name, so that no region leads to another host. */
const REGION = /^[a-z]{2,6}(?:-[a-z]{1,20}){1,3}-\d{1,2}$/

/** The regional STS. Throws a usage failure before anything is sent. */
export function findStsEndpoint(region: string, roleArn: string): string {
  if (!REGION.test(region)) {
    throw usageFailure('--region must be a region of AWS such as eu-central-1')
  }
  const partition = PARTITIONS.find((candidate) => candidate.region.test(region))
  if (partition === undefined) {
    throw usageFailure(
      `the region ${region} belongs to no partition of AWS that is known here`,
      'name the address of its STS with --endpoint URL',
    )
  }
  const [, ofRole = ''] = roleArn.split(':')
  if (ofRole !== partition.name) {
    throw usageFailure(
      `the role is of the partition ${ofRole}, the region ${region} of ${partition.name}`,
      'name a region of the partition of the role with --region',
    )
  }
  return `https://sts.${region}.${partition.domain}/`
}
