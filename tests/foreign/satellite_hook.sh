#!/bin/sh
# What a satellite tells its hooks, a line for each: satellite_hook.sh FILE
tr '\n' ' ' >>"$1"
echo >>"$1"
