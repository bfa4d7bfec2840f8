import { lookup } from 'node:dns'
import { BlockList, isIP, type LookupFunction } from 'node:net'

/** Networks that are nobody's on the internet (RFC 6890): among them this machine, its network, and AWS's metadata. */
const inside = new BlockList()
const inside4 = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const
for (const [net, prefix] of inside4) inside.addSubnet(net, prefix, 'ipv4')

/** Of IPv6 only 2000::/3 is given out; in it, these carry IPv4 addresses or are for examples. */
const global6 = new BlockList()
global6.addSubnet('2000::', 3, 'ipv6')
for (const [net, prefix] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
] as const)
  inside.addSubnet(net, prefix, 'ipv6')

/** Whether an address is one of the open internet; `loopback`: this machine's own 127.0.0.1 counts, too. */
export function isPublicAddress(address: string, { loopback }: { loopback: boolean }): boolean {
  if (loopback && address === '127.0.0.1') return true
  if (isIP(address) === 4) return !inside.check(address, 'ipv4')
  if (isIP(address) !== 6) return false
  return global6.check(address, 'ipv6') && !inside.check(address, 'ipv6')
}

/**
 * Looks a name up for a connection, and fails when any of its addresses is none of the open internet. The connection goes
 * to the very address that was looked at, so a name that changes meanwhile changes nothing.
 */
export function publicLookup(options: { loopback: boolean }): LookupFunction {
  return (hostname, lookupOptions, answer) =>
    lookup(hostname, { ...lookupOptions, all: true }, (error, addresses) => {
      if (error) return answer(error, '', 4)
      const isOpen = addresses.length > 0 && addresses.every(({ address }) => isPublicAddress(address, options))
      const [first] = addresses
      if (!isOpen || !first) return answer(notPublic(hostname), '', 4)
      if (lookupOptions.all) return answer(null, addresses)
      return answer(null, first.address, first.family)
    })
}

/** The error of a name that leads inside. */
export function notPublic(host: string): Error {
  return Object.assign(new Error(`${host} is no address of the open internet.`), { name: 'NotPublic' })
}
