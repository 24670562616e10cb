/** Gets one issued token for a credential helper. All helpers use this function. */

import { OptionError } from '../../../client/in-house.ts'
import { ExchangeError, type HeldToken } from '../../../client/index.ts'
import { usageFailure } from '../../shell/failure.ts'
import { describeExchangeFailure } from '../exchange-failure.ts'
import { sayPause } from '../retry-seconds.ts'
import { openWorkload, type WorkloadValues } from '../workload.ts'

/** Makes one exchange, which is one decision in the log. No token is kept between two calls. */
export async function issueToken(values: WorkloadValues): Promise<HeldToken> {
  if (values['token-file'] === '-') {
    throw usageFailure('--token-file must name a file: the calling tool uses stdin')
  }
  try {
    const { getNewToken } = await openWorkload(values)
    return await getNewToken({ onPause: sayPause })
  } catch (error) {
    if (error instanceof ExchangeError) throw describeExchangeFailure(error)
    if (error instanceof OptionError) throw usageFailure(error.message)
    throw error
  }
}
