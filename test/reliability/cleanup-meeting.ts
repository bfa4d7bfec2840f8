/** Where runs wait for each other before they write, so that all have settled what to write before any does. */
export type Meeting = {
  /** Resolves when every guest has come to the place, or has left. */
  arrive(place: string, guest: number): Promise<void>
  leave(guest: number): void
}

type Place = { guests: Set<number>; opened: Promise<void>; open: () => void }

/** A meeting of so many guests. */
export function createMeeting(guests: number): Meeting {
  const places = new Map<string, Place>()
  const left = new Set<number>()
  const openIfAll = ({ guests: here, open }: Place) => {
    if (new Set([...here, ...left]).size === guests) open()
  }
  const placeAt = (name: string): Place => {
    const known = places.get(name)
    if (known) return known
    const { promise, resolve } = Promise.withResolvers<void>()
    const place = { guests: new Set<number>(), opened: promise, open: () => resolve() }
    places.set(name, place)
    return place
  }
  return {
    arrive(name, guest) {
      const place = placeAt(name)
      place.guests.add(guest)
      openIfAll(place)
      return place.opened
    },
    leave(guest) {
      left.add(guest)
      for (const place of places.values()) openIfAll(place)
    },
  }
}
