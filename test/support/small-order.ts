/**
 * Every encoding of an Ed25519 point with which anyone can sign, in hexadecimal: the eight points of
 * small order, with the sign bit of x set and not, and values of y that are not below p (KEY-07).
 */
const TAIL = 'ff'.repeat(30)
const ORDER_8 = 'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03'
const ALSO_ORDER_8 = '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc'

export const SMALL_ORDER_POINTS: readonly (readonly [name: string, hex: string])[] = [
  ['order 1', `01${'00'.repeat(31)}`],
  ['order 1 with the sign bit', `01${'00'.repeat(30)}80`],
  ['order 2', `ec${TAIL}7f`],
  ['order 2 with the sign bit', `ec${TAIL}ff`],
  ['order 4', '00'.repeat(32)],
  ['order 4 with the sign bit', `${'00'.repeat(31)}80`],
  ['order 8', `${ORDER_8}7a`],
  ['order 8 with the sign bit', `${ORDER_8}fa`],
  ['another point of order 8', `${ALSO_ORDER_8}05`],
  ['another point of order 8 with the sign bit', `${ALSO_ORDER_8}85`],
  ['y = p', `ed${TAIL}7f`],
  ['y = p with the sign bit', `ed${TAIL}ff`],
  ['y = p + 1', `ee${TAIL}7f`],
  ['y = p + 1 with the sign bit', `ee${TAIL}ff`],
]
