#!/usr/bin/env python3
"""Reads the events of every hall from the central broker: drops repeats, sees holes, sends receipts (docs/contract.md).

What stands in `stored` and `through` here belongs into your database, in one transaction with the event.
    python3 consumer.py 127.0.0.1 1883          (Debian: apt install python3-paho-mqtt)
"""
import json
import sys
import time

import paho.mqtt.client as mqtt

TOPICS = ["hall/v1/+/+/+/event/+", "hall/v1/+/+/+/result/+", "hall/v1/+/gateway/+/backlog"]
stored = set()  # source and id
through = {}  # (receipt topic, epoch) -> everything up to here is stored
ahead = {}  # the same -> {first: last} of what came behind a hole


def say(what, **facts):
    print(json.dumps({"what": what, **facts}), flush=True)


def take(event):
    identity, first = (event["source"], event["id"]), int(event["sequence"])
    say("repeat" if identity in stored else "stored", sequence=first, type=event["type"])
    stored.add(identity)
    _, _, hall, _, gateway, *_ = event["source"].split("/")
    stream = (f"hall/v1/{hall}/gateway/{gateway}/receipt", event["epoch"])
    lost = event["type"] == "hall.gateway.lost.v1"
    waiting = ahead.setdefault(stream, {})
    end = through.get(stream, first - 1)  # whoever joins late begins where it joined
    if first > end:  # a repeat counts too: after a salvage it has a new place
        waiting[first] = event["data"]["through"] if lost else first
    if first > end + 1 and len(waiting) == 1:
        say("hole", **{"from": end + 1, "through": first - 1})
    while end + 1 in waiting:
        end = waiting.pop(end + 1)
    through[stream] = end  # a receipt never jumps over a hole


def on_message(client, userdata, message):
    """paho sends the PUBACK after this returns: after the event is stored."""
    payload = json.loads(message.payload)
    for event in payload if isinstance(payload, list) else [payload]:
        take(event)


paho2 = [mqtt.CallbackAPIVersion.VERSION2] if hasattr(mqtt, "CallbackAPIVersion") else []
client = mqtt.Client(*paho2, client_id="example-consumer", clean_session=False)
client.on_connect = lambda *_: client.subscribe([(topic, 1) for topic in TOPICS])
client.on_message = on_message
client.connect(sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1", int(sys.argv[2]) if len(sys.argv) > 2 else 1883)
receipts_at = time.monotonic() + 1
while True:
    client.loop(timeout=0.2)
    if time.monotonic() >= receipts_at:
        receipts_at += 1
        for (topic, epoch), sequence in through.items():
            client.publish(topic, json.dumps({"epoch": epoch, "through": sequence}), qos=1)
