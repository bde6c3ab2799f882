// Package words makes keys into what people say, compare and pass on: words and digits to read out, and an invite to type
// or paste. It is pure, and it decides nothing: whether a key is trusted is for its owner to say.
package words
