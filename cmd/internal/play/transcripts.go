package play

import (
	"fmt"
	"strings"
)

// Prompt stands before what is typed.
const Prompt = ">>> "

const (
	welcome = "SERVER: [Welcome, you are registered.]"
	updated = "[Client table updated.]"
	bye     = "[You are Offline. Bye.]"
	mail    = "SERVER: [You have messages]"
	first   = "[Server key on first use: WORDS]" // once for each profile
	saved   = "[Message received by SERVER.]\nSERVER: [Message received by the server and saved]"
)

// ports are those of the transcripts. What is printed of the real ones is shown as these.
var ports = map[string]int{"": 9999, "x": 3001, "y": 3002, "z": 3003}

// Transcripts are the three sessions that the program was made after, with the lines as they are specified now.
func Transcripts() []Script { return []Script{test1(), test2(), test3()} }

func test1() Script {
	return Script{"Test 1", append(arrivals(),
		Types("x", "send y MSG x->y").Shows("x", received("y")).Shows("y", "x: MSG x->y"),
		Types("x", "send z MSG x->z").Shows("x", received("z")).Shows("z", "x: MSG x->z"),
		Types("y", "send x MSG y->x").Shows("y", received("x")).Shows("x", "y: MSG y->x"),
		Types("y", "send z MSG y->z").Shows("y", received("z")).Shows("z", "y: MSG y->z"),
		Types("z", "send x MSG z->x").Shows("z", received("x")).Shows("x", "z: MSG z->x"),
		Types("z", "send y MSG z->y").Shows("z", received("y")).Shows("y", "z: MSG z->y"),
		Types("x", "dereg x").Shows("x", bye).
			Shows("y", table("-x", "y", "z")).
			Shows("z", table("-x", "y", "z")),
		Types("y", "send x MSG post-dereg from y").Shows("y", saved),
		Types("z", "send x MSG post-dereg from z").Shows("z", saved),
		Types("x", "reg x").
			Shows("x", welcome, table("x", "y", "z"), mail,
				"y: TIMESTAMP MSG post-dereg from y", "z: TIMESTAMP MSG post-dereg from z").
			Shows("y", table("x", "y", "z")).Shows("y", received("x")).
			Shows("z", table("x", "y", "z")).Shows("z", received("x")),
		Interrupts("x"),
		Interrupts("y"),
		Interrupts("z"),
	)}
}

// test2 goes on where the transcript ends: the message that was kept arrives.
func test2() Script {
	return Script{"Test 2", []Step{
		ServerStarts(),
		Starts("x").Shows("x", addresses("x"), first, welcome, table("x")),
		Starts("y").Shows("y", addresses("y"), first, welcome, table("x", "y")).
			Shows("x", table("x", "y")),
		Types("y", "dereg y").Shows("y", bye).
			Shows("x", table("x", "-y")),
		ServerStops(),
		Types("x", "send y MSG post-exit server").
			Shows("x", "[1 message kept: sent at the next start.]", "[Server not responding.]", "[Exiting.]"),
		Ends("x", 1),
		ServerStarts(),
		// What was kept goes out by itself.
		Starts("x").Shows("x", addresses("x"), welcome, table("x", "-y"), saved),
		Types("x", "send y MSG post-restart").Shows("x", saved),
		Types("y", "reg y").
			Shows("y", welcome, table("x", "y"), mail,
				"x: TIMESTAMP MSG post-exit server", "x: TIMESTAMP MSG post-restart").
			Shows("x", table("x", "y")).Shows("x", received("y"), received("y")),
		Interrupts("x"),
		Interrupts("y"),
	}}
}

func test3() Script {
	return Script{"Test 3", append(arrivals(),
		Types("x", "send_all Broadcast message x->y, z").Shows("x", received("SERVER")).
			Shows("y", "[Channel_Message x: Broadcast message x->y, z]").
			Shows("z", "[Channel_Message x: Broadcast message x->y, z]"),
		Interrupts("x"),
		Interrupts("y"),
		Interrupts("z"),
	)}
}

// arrivals: the server starts, and x, y and z come one after the other.
func arrivals() []Step {
	return []Step{
		ServerStarts(),
		Starts("x").Shows("x", addresses("x"), first, welcome, table("x")),
		Starts("y").Shows("y", addresses("y"), first, welcome, table("x", "y")).
			Shows("x", table("x", "y")),
		Starts("z").Shows("z", addresses("z"), first, welcome, table("x", "y", "z")).
			Shows("x", table("x", "y", "z")).
			Shows("y", table("x", "y", "z")),
	}
}

func addresses(who string) string {
	return fmt.Sprintf("Client IP->127.0.0.1 Port->%d\nServer IP->127.0.0.1 Port->%d", ports[who], ports[""])
}

func received(by string) string { return "[Message received by " + by + ".]" }

// table is the block of lines of an update. A name with a dash before it is offline.
func table(names ...string) string {
	lines := []string{updated, fmt.Sprintf("SERVER @ 127.0.0.1:%d is ONLINE", ports[""])}
	for _, name := range names {
		name, offline := strings.CutPrefix(name, "-")
		state := "ONLINE"
		if offline {
			state = "OFFLINE"
		}
		lines = append(lines, fmt.Sprintf("%s @ 127.0.0.1:%d is %s", name, ports[name], state))
	}
	return strings.Join(lines, "\n")
}
