#!/usr/bin/env python3
"""Answers whoever writes "ping" to it, and counts. The flags are those of udpchat client: bot.py -n bot -i 192.0.2.10"""
import json
import subprocess
import sys

client = subprocess.Popen(
    ["udpchat", "client", "-json", *sys.argv[1:]],
    stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8")


def do(**command):
    print(json.dumps(command), file=client.stdin, flush=True)


pings = 0
for line in client.stdout:
    event = json.loads(line)
    match event["event"]:
        case "message" if event["text"] == "ping" and not event.get("channel"):
            pings += 1
            do(op="send", to=event["from"], text=f"pong {pings}")
        case "error" | "kept" | "failed" | "refused" | "silent":
            print("bot.py:", event.get("why"), file=sys.stderr)
sys.exit(client.wait())
