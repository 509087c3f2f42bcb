"""What duplication costs: harm, licences, options, who pays; every input named with its source."""
