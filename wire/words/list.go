package words

import "strings"

// list is 256 words, one for each byte, in the order of the alphabet. It is a part of what people compare, so it never
// changes. Every word has 3 to 7 letters and is common and easily said. No two begin with the same three letters, differ
// in one letter, or have the same consonants when p and b, t and d, k and g, f and v, s and z are taken for each other:
// what a bad line or another's accent leaves of a word still tells it from all others.
const list = `
abbey acorn actor airport album almond alpine amber anchor angel answer antler apple apron arctic armor arrow aspen
atlas attic august autumn axle
bacon badge bagel bamboo banana barrel basket beaver beetle bench bison blue bread bridge bronze brush bucket
budget button
cabin cactus camel candle castle cedar cello cereal chalk cherry cinema circus citrus cliff cobalt coffee comet
copper coral cotton cousin crown cycle
daisy dancer delta desert dinner domino donkey dragon dream duet
eagle earth easel echo eclipse editor elbow engine
falcon family fennel ferry fiddle finger flag flute forest fossil fox frozen
galaxy garlic giraffe golden guitar
hammer harbor hazel helmet hobby honey hotel hunter husky
icicle insect island ivory
jacket jaguar jelly jigsaw journal juggler jungle
karate kayak kettle koala
ladder lagoon laptop lava lemon lilac lizard locket lotus lumber lunch
magnet mango maple marble meadow medal melody meteor mirror mitten monday mosaic muffin museum
napkin nature needle north novel nugget nutmeg
oasis ocean olive omelet onion opera orange orbit orchid osprey oven owl oyster
pajama palace panda paper pastry pencil pilot pizza planet plum poem polar poppy portal potato prism purple puzzle
pyramid
queen quilt
rabbit radio raft raven recipe ribbon river rubber rugby rustic
saddle sailor salmon sandal season shovel signal silver siren sketch soccer sofa spider sponge spruce squash street
sugar sunset symbol
table talon teapot temple tennis ticket tiger timber toast tomato topaz tulip tundra turtle
vacuum valley velvet violin voyage
waffle wagon walnut water whale window wolf wooden wrist
yacht yellow yoga young
zebra zenith zero zigzag
`

// say is a word for each byte.
func say(b []byte) string {
	all := strings.Fields(list)
	words := make([]string, len(b))
	for i, v := range b {
		words[i] = all[v]
	}
	return strings.Join(words, " ")
}
