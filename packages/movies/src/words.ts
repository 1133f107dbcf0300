// The words that titles are made of. Changing any of them changes movies: raise GENERATOR_VERSION with it.

export const ADJECTIVES = list(`
  Amber, Ancient, Beautiful, Bitter, Blind, Blue, Borrowed, Brave, Broken, Burning, Careless, Cold, Crimson, Crooked,
  Dangerous, Dark, Desperate, Distant, Divided, Double, Electric, Empty, Endless, Eternal, Fading, Faithful, Fallen,
  False, Fearless, Final, Forbidden, Forgotten, Fragile, Frozen, Gentle, Gilded, Golden, Green, Guilty, Haunted,
  Hidden, Hollow, Honest, Hungry, Impossible, Infinite, Innocent, Invisible, Iron, Last, Little, Lonely, Long, Lost,
  Magnificent, Marvelous, Midnight, Modern, Naked, Northern, Open, Paper, Perfect, Private, Quiet, Reckless, Red,
  Restless, Sacred, Savage, Scarlet, Second, Secret, Silent, Silver, Simple, Sleeping, Stolen, Strange, Stubborn,
  Sudden, Tender, Third, Thousandth, Twisted, Unbroken, Unfinished, Velvet, Violent, Wandering, Wayward, White,
  Wicked, Wild, Winter, Wrong
`);

export const NOUNS = list(`
  Affair, Alibi, Ambassador, Angel, Apartment, Archer, Bargain, Bell, Bird, Bridge, Café, Candidate, Captain,
  Carnival, Castle, Cathedral, Circus, City, Clock, Coast, Comet, Confession, Conspiracy, Country, Crossing, Crown,
  Dance, Daughter, Dawn, Debt, Detective, Dream, Dynasty, Echo, Empire, Enemy, Engine, Escape, Evening, Express,
  Falcon, Family, Farewell, Fiancé, Fire, Fortune, Frontier, Galaxy, Gambler, Garden, Ghost, Gift, Harbor, Harvest,
  Heart, Heir, Heist, Hero, Highway, Horizon, Hotel, Hour, House, Hunter, Illusion, Island, Jewel, Journey, Judge,
  Jungle, Kingdom, Labyrinth, Ladder, Lagoon, Lantern, Legend, Letter, Library, Lie, Lighthouse, Lover, Machine,
  Magician, Map, Mask, Melody, Memory, Mirror, Mission, Monsoon, Monument, Moon, Mountain, Murder, Mystery, Neighbor,
  Night, Oath, Ocean, Orchard, Orchestra, Outlaw, Palace, Passenger, Photograph, Piano, Pilot, Planet, Poet,
  Portrait, Promise, Prophecy, Protégé, Queen, Rain, Ransom, Rebel, Reunion, Revenge, Ritual, River, Road, Robbery,
  Romance, Sailor, Scandal, Season, Séance, Shadow, Signal, Sister, Sky, Soldier, Song, Spy, Stairway, Star, Station,
  Storm, Stranger, Summer, Sunrise, Suspect, Symphony, Telegram, Temple, Theory, Thief, Throne, Tiger, Tower, Train,
  Traitor, Treasure, Trial, Valley, Verdict, Visitor, Voyage, Waltz, War, Wedding, Whisper, Widow, Wind, Window,
  Wish, Witness, Wolf, Wonder
`);

export const PLURALS = list(`
  Angels, Ashes, Bells, Birds, Brothers, Cards, Clouds, Crows, Dancers, Days, Diamonds, Dreams, Echoes, Eyes,
  Feathers, Flames, Flowers, Footsteps, Friends, Gamblers, Ghosts, Giants, Hearts, Heroes, Horses, Hours, Kings,
  Letters, Lies, Lights, Lions, Lovers, Machines, Mirrors, Moons, Mothers, Nights, Orphans, Outlaws, Pirates, Poets,
  Promises, Queens, Rivers, Roads, Rooms, Roses, Sailors, Saints, Secrets, Shadows, Sisters, Soldiers, Sons,
  Sparrows, Spies, Stars, Stones, Storms, Strangers, Summers, Thieves, Tides, Tigers, Tomorrows, Voices, Whispers,
  Widows, Windows, Winters, Witnesses, Wolves, Years
`);

export const THINGS = list(`
  Autumn, Chance, Courage, Darkness, Daylight, Destiny, Dust, Eternity, Faith, Fame, Fate, Freedom, Glass, Glory,
  Gold, Grace, Gravity, Honor, Hope, Ice, Innocence, Justice, Liberty, Love, Luck, Magic, Mercy, Midnight, Money,
  Music, Nothing, Paradise, Power, Rain, Regret, Silence, Silk, Smoke, Snow, Spring, Steel, Thunder, Time, Tomorrow,
  Trust, Truth, Twilight, Victory, Water, Winter, Wonder, Yesterday
`);

export const PLACES = list(`
  Alaska, Athens, Bangkok, Barcelona, Berlin, Bogotá, Bombay, Boston, Brooklyn, Budapest, Cádiz, Cairo, Casablanca,
  Chicago, Córdoba, Dakar, Dublin, Florence, Geneva, Göteborg, Granada, Havana, Helsinki, Hong Kong, Istanbul,
  Jakarta, Kraków, Kyoto, Lagos, Lima, Lisbon, London, Madrid, Málaga, Manila, Marrakesh, Marseille, Memphis, Monaco,
  Montréal, Moscow, Nairobi, Naples, New Orleans, Odessa, Oslo, Palermo, Paris, Prague, Reykjavík, Rome, Saigon,
  São Paulo, Seoul, Seville, Shanghai, Stockholm, Tangier, Texas, Tokyo, Trieste, Venice, Vienna, Warsaw, Zürich
`);

export const ROLES = list(`
  Actor, Architect, Baker, Barber, Beekeeper, Bookseller, Boxer, Butcher, Cartographer, Clockmaker, Conductor,
  Constable, Dressmaker, Fisherman, Gardener, General, Governor, Hangman, Inspector, Journalist, Lieutenant,
  Librarian, Locksmith, Mayor, Miller, Novelist, Nurse, Painter, Pianist, Postman, President, Professor, Sculptor,
  Senator, Shepherd, Surgeon, Tailor, Teacher, Translator, Watchmaker
`);

export const DEEDS = list(`
  Came Home, Counted Stars, Cried Wolf, Danced Alone, Fell to Earth, Forgave, Forgot, Knew Nothing, Laughed Last,
  Lied Twice, Lived Again, Loved Trains, Never Left, Never Was, Never Wept, Ran Away, Said Nothing, Sold the Moon,
  Stayed, Stole Time, Told the Truth, Walked West, Was Thursday, Went Under
`);

export const NUMBERS = list(`
  Two, Three, Four, Five, Six, Seven, Eight, Nine, Ten, Eleven, Twelve, Thirteen, Forty, Ninety, A Hundred,
  A Thousand
`);

export const LINKS = list(`
  Across, After, Against, Before, Behind, Below, Beneath, Beyond, Far from, Into, Out of, Past, Return to, Toward,
  Under, Within, Without
`);

export const SEQUELS = list(`
  II, III, IV, Returns, Reborn, Revisited, Forever
`);

/** Lists are written as running text, because one word a line would be 500 lines. */
function list(words: string): readonly string[] {
  return words.split(',').map((word) => word.trim());
}
