#!/bin/sh
# Answers whoever writes "ping", "uptime" or "disk" to it: UDPCHAT_NAME=bot UDPCHAT_IP=192.0.2.10 bot.sh
exec udpchat tail -exec '
	[ -n "$CHAT_CHANNEL" ] && exit 0 # what is for all is not for a bot
	read -r word
	case $word in
	ping) answer=pong ;;
	uptime) answer=$(uptime) ;;
	disk) answer=$(df -h /) ;;
	*) exit 0 ;; # two bots that answer everything never stop
	esac
	udpchat send -- "$CHAT_FROM" "$answer"'
